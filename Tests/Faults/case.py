"""An installation under test with its ledger, and what such an installation is furnished with."""
import random
import zlib

from choices import SEED
from ledger import Ledger
from stores import Stores, problems_of


class Case:
    """One installation of a test's own, with its ledger."""

    def __init__(self, house, seed: int, stores=Stores):
        self.stores = stores
        self.house, self.ledger, self.chance = house, Ledger(house, seed), random.Random(seed)

    def check(self):
        """Everything well again: what was cut off is repeated, all come to rest and stop, and the stores are read."""
        self.house.usual = None
        self.house.start()
        self.ledger.work(["mail", "web", "reply", "patch", "token", "team"], 12, lambda: True, clients=2)
        self.ledger.repeat_everything()
        self.house.settle()
        self.house.stop()
        problems = problems_of(self.house.data, self.ledger, make=self.stores)
        assert not problems, f"seed {SEED}:\n" + "\n".join(problems[:40])
        assert self.ledger.acknowledged(*Ledger.KINDS), "nothing was acknowledged at all"


def furnish(desk):
    """Three agents, of whom one has room for little, and promises of seconds for tickets tagged `quick`."""
    desk.start()
    desk.agent("Wide", "wide@firstline.example", capacity=5_000)
    desk.agent("Open", "open@firstline.example", capacity=5_000)
    desk.agent("Narrow", "narrow@firstline.example", capacity=3)
    day = [["00:00", "24:00"]]
    hours = {name: day for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    calendar = desk.api("POST", "/calendars", {"name": "Always", "time_zone": "UTC", "hours": hours})
    target = {"first_response": "PT1S", "resolution": "PT2S"}
    desk.api("POST", "/sla_policies", {
        "name": "Quick", "position": 0, "conditions": {"all": [{"field": "tag", "op": "is", "value": "quick"}]},
        "calendar_id": calendar["id"], "targets": {name: target for name in ("low", "normal", "high", "urgent")}})
    desk.stop()


def hash_of(name: str) -> int:
    """The same in every run, as Python's own is not."""
    return zlib.crc32(name.encode())
