from abc import ABC, abstractmethod

class AbstractTokenProvider(ABC):
    @abstractmethod
    def token(self) -> str: ...
