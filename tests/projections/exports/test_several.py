"""Several processes find what one finds, in the same order, and none of them outlives the one that began them."""

from collections.abc import Callable

import pytest

from projections.exports import several
from projections.exports.bundles import About
from projections.exports.reading import Identity
from projections.exports.several import Lost
from projections.exports.verifying import verify
from tests.projections.exports.exporting import POLICY, failed, repacked
from tests.projections.exports.test_tampering import FAULTS


@pytest.fixture
def hands(monkeypatch) -> list[several._Hand]:
    """The processes that were begun; each gets one bundle at a time, whatever that is worth."""
    begun: list[several._Hand] = []
    begin = several._Hand.__init__

    def noted(self: several._Hand, *args) -> None:
        begin(self, *args)
        begun.append(self)

    monkeypatch.setattr(several._Hand, "__init__", noted)
    monkeypatch.setattr(several, "WORTH", 1)
    monkeypatch.setattr(several, "_AT_ONCE", 1)
    return begun


def test_several_find_that_all_of_it_holds_and_say_how_far_they_are(made, hands, tmp_path, monkeypatch):
    for name in ("projections", "msgspec"):  # as an operator would lay it beside the archive
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this is no module of ours')")
    monkeypatch.chdir(tmp_path)
    told: list[tuple[int, int]] = []
    report = verify(made.path, POLICY, complete=True, jobs=3, done=lambda at, of: told.append((at, of)))
    assert report == verify(made.path, POLICY, complete=True)
    assert told == [*((at, made.size) for at in range(256, made.size, 256)), (made.size, made.size)]
    assert len(hands) == 2
    assert all(hand._process.returncode is not None for hand in hands)


@pytest.mark.parametrize("faults", [("a byte of a document", "two documents swapped"), ("a bundle cut short",)])
def test_several_find_the_first_that_does_not_hold(made, hands, tmp_path, faults):
    changes = {name: content for fault in faults for name, content in FAULTS[fault][0](made).items()}
    path = repacked(made, tmp_path / "changed.zip", changes)
    one, many = failed(path), failed(path, jobs=2)
    assert (many.layer, many.place, many.why) == (one.layer, one.place, one.why)
    assert one.place == FAULTS[faults[-1]][2]
    assert len(hands) == 1


def test_whoever_is_interrupted_leaves_no_process_behind(made, hands):
    def interrupted(at: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(made.path, POLICY, jobs=3, done=interrupted)
    assert all(hand._process.returncode is not None for hand in hands)


@pytest.mark.parametrize("how", ["it ends", "another archive"])
def test_a_process_that_is_lost_is_no_verdict(made, hands, tmp_path, monkeypatch, how):
    begin: Callable[..., None] = several._Hand.__init__

    def begun(self: several._Hand, path: object, identity: Identity, about: About) -> None:
        begin(self, path, identity._replace(inode=0) if how == "another archive" else identity, about)
        if how == "it ends":
            self._process.kill()

    monkeypatch.setattr(several._Hand, "__init__", begun)
    with pytest.raises(Lost, match="ended, or the archive"):
        verify(made.path, POLICY, jobs=2)
