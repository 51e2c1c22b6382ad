"""Who watches the jobs of some keys, or of all, is stirred at once by theirs and by no others."""

from danqing.domain.jobs import State
from danqing.domain.ports import News
from danqing.domain.sight import EVERYBODY, sight_of
from danqing.gateway.events import Alone, Hub
from making import a_job


def test_news_stir_those_who_see_the_key() -> None:
    hub = Hub(Alone())
    sights = (sight_of("ann"), sight_of("bob"), sight_of("ann", "bob"), EVERYBODY)
    for tell in (
        lambda: hub.publish(a_job(key="ann")),
        lambda: hub.hear(News("elsewhere", "ann", 1, State.RUNNING)),
    ):
        watching = [hub.stirred(sight) for sight in sights]
        assert [hub.stirred(sight) for sight in sights] == watching, "all who see the same wait for the same"
        tell()
        assert [stirred.is_set() for stirred in watching] == [True, False, True, True]
        again = [hub.stirred(sight).is_set() for sight in sights]
        assert again == [False] * 4
