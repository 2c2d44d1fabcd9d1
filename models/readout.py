"""Readouts: rate, loss and error of the output population, as equations."""

from dataclasses import dataclass

__all__ = ["READOUTS", "Readout"]


@dataclass(frozen=True, kw_only=True)
class Readout:
    r"""A readout with its loss.

    Expressions see the outputs' ``drive_post``, ``r_post``, ``target_post`` and, once per trial,
    ``peak_pre`` (the largest drive), ``total_pre`` (:math:`\sum_j e^{d_j - peak}`).

    Parameters
    ----------
    rate : str
        Rate of an output.
    mismatch : str
        Its share in the loss; sees ``drive_pre``, ``r_pre``, ``target_pre`` and ``peak_post``.
    loss : str
        Loss of a trial as an expression of the summed ``mismatch`` and ``total``.
    error : str
        Derivative of the loss by the drive.
    units : str
        Unit of the loss.
    """

    rate: str
    mismatch: str
    loss: str
    error: str
    units: str

    @property
    def normalises(self) -> bool:
        """Whether a rate depends on the other outputs of its trial."""
        return "total_pre" in self.rate

    def equations(self) -> str:
        """Return the readout as text, one equation a line."""
        lines = ["peak = max(drive) : 1 (over the outputs of a trial)"]
        if self.normalises:
            lines.append("total = sum(exp(drive - peak)) : 1 (over the outputs of a trial)")
        lines += [f"r = {self.rate} : 1", f"loss = {self.loss} : 1, mismatch = {self.mismatch}"]
        lines.append(f"delta = ({self.error})*share : 1")
        return "\n".join(lines)


#: Readouts by name.
READOUTS = {
    "softmax": Readout(
        rate="exp(drive_post - peak_pre)/total_pre",
        mismatch="target_pre*(peak_post - drive_pre)",
        loss="mismatch + log(total)",
        error="r_post - target_post",
        units="nat",
    ),
    "linear": Readout(
        rate="drive_post",
        mismatch="(r_pre - target_pre)*(r_pre - target_pre)",
        loss="mismatch/2",
        error="r_post - target_post",
        units="1",
    ),
    "sigmoid": Readout(
        rate="(1 + tanh(drive_post/2))/2",
        mismatch="(r_pre - target_pre)*(r_pre - target_pre)",
        loss="mismatch/2",
        error="(r_post - target_post)*r_post*(1 - r_post)",
        units="1",
    ),
}
