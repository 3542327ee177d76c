"""Long random histories, for the tests of what must hold whatever happens."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def on_server(machine: type[RuleBasedStateMachine], address: str) -> type[RuleBasedStateMachine]:
    """The same histories with their database at an address on a server; as they are for one in a file."""
    return machine if address.startswith("sqlite") else type(machine.__name__, (machine,), {"address": address})


def live(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """So many histories of at most so many steps. What fails is not made smaller: each step exports a whole site."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
