"""Under Patroni: whichever part of the database dies or falls silent, what was acknowledged is there, and once."""
import shutil
import signal
import time

import pytest
from case import Case, furnish, hash_of
from choices import LONG, SEED
from desk import Desk, wait_for
from pairs import Pairs, postgres_stores
from patroni import Cluster
from test_failover import Load, seconds_to_write

pytestmark = pytest.mark.skipif(
    not (shutil.which("patroni") and shutil.which("etcd")), reason="Patroni or etcd is not installed")


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as one:
        yield one


@pytest.fixture
def case(tmp_path, cluster, request):
    name = f"case{abs(hash_of(request.node.name))}"
    cluster.sql(f"CREATE DATABASE {name}")
    store = cluster.url(name)
    data = tmp_path / "pairs" / "data"
    data.parent.mkdir()
    furnish(Desk(data, "--insecure-loopback", environment={"FIRSTLINE_STORE": store}))
    house = Pairs(data, store)
    made = Case(house, SEED ^ hash_of(request.node.name), postgres_stores(store))
    yield made
    house.kill_everything()


def crash_primary(cluster: Cluster):
    """Kills Patroni and its server; it is started again later, and becomes the standby."""
    primary = wait_for(lambda: cluster.primary, 30)
    primary.signal(signal.SIGKILL)
    primary.process.wait(10)
    return primary.start


def stop_primary(cluster: Cluster):
    """Patroni and its server fall silent, with their connections open."""
    primary = wait_for(lambda: cluster.primary, 30)
    primary.signal(signal.SIGSTOP)
    return lambda: primary.signal(signal.SIGCONT)


def crash_etcd(cluster: Cluster):
    leader = wait_for(lambda: next((one for one in cluster.etcds if one.leads()), None), 30)
    leader.signal(signal.SIGKILL)
    leader.process.wait(10)
    return leader.start


FAULTS = {"primary killed": crash_primary, "primary stopped": stop_primary, "etcd's leader killed": crash_etcd}


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("fault", FAULTS if LONG else ["primary killed", "etcd's leader killed"])
def test_nothing_acknowledged_is_lost(case, cluster, fault):
    case.house.start(120)
    cluster.await_synchronous()
    with Load(case):
        time.sleep(3)
        mend = FAULTS[fault](cluster)
        took = seconds_to_write(case, "intake", 90)
        print(f"{fault}: next write after {took:.2f} s")
        mend()
        time.sleep(3)
    cluster.await_synchronous()
    wait_for(lambda: all(pair.leader for pair in case.house.services.values()), 90)
    case.check()
    print(f"{fault}: {len(case.ledger.acknowledged(*case.ledger.KINDS))} acknowledged requests are all there, once")
