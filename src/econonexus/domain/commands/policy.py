"""Money that is issued by rule."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.policy import Policy


class SetPolicy(CommandForm, frozen=True):
    """Say what becomes of burnt credits, how much is to circulate, and what humans may reward in a day.

    The first period begins now; where the period stays, the one that runs goes on. What was burned before
    there was a policy that issues anything is not issued again. Refused: `invalid_policy`.
    """

    policy: Policy


class ApplyPolicy(CommandForm, frozen=True):
    """Issue the allowances of the period that is over; the node asks this by itself.

    Refused: `policy_not_due`.
    """
