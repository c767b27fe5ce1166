from collections.abc import Callable

class ConsumerCoordinator:
    need_rejoin: Callable[[], bool]
    _join_task: object | None
