from collections.abc import Awaitable, Callable

class Generation:
    def is_lost(self) -> bool: ...

class ConsumerCoordinator:
    need_rejoin: Callable[[], bool]
    join_group_async: Callable[[float | None], Awaitable[bool]]
    _join_task: object | None
    _generation: Generation
