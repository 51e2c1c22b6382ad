"""A job is read back as it was written, whatever it is made of."""

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.faults import Fault
from danqing.domain.generation import Generation, Output, Person, Turn
from danqing.domain.jobs import Job
from danqing.domain.media import Blob, Medium
from danqing.store.documents import read_job, write_job

from .samples import a_job, delivered

moments = st.datetimes(timezones=st.just(UTC))
words = st.text(max_size=20)
blobs = st.builds(Blob)
media = st.sampled_from(Medium)
knobs = st.tuples(
    words, st.one_of(words, st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
)
outputs = st.builds(
    Output, medium=media, blob=st.none() | blobs, text=words, seed=st.none() | st.integers(), drawn=st.tuples(words)
)
generations = st.builds(
    Generation,
    model=words,
    turns=st.lists(st.builds(Turn, parts=st.lists(words | blobs, max_size=3).map(tuple)), max_size=3).map(tuple),
    wants=st.frozensets(media),
    person=st.none() | st.sampled_from(Person),
    seed=st.none() | st.integers(),
    first_frame=st.none() | blobs,
    knobs=st.lists(knobs, max_size=3).map(tuple),
)
jobs = st.builds(
    Job,
    generation=generations,
    created=moments,
    updated=moments,
    outputs=st.lists(outputs, max_size=3).map(tuple),
    withheld=st.lists(words, max_size=2).map(tuple),
    fault=st.none() | st.builds(Fault),
)


@given(jobs)
def test_what_is_written_is_read(job: Job) -> None:
    assert read_job(write_job(job)) == job


def test_a_field_that_an_old_document_lacks_has_its_default() -> None:
    document = write_job(a_job())
    assert '"ticket":"",' in document
    assert read_job(document.replace('"ticket":"",', "")) == a_job()


def test_a_field_that_is_no_longer_known_is_passed_over() -> None:
    assert read_job(write_job(a_job()).replace("{", '{"weather":"rain",', 1)) == a_job()


def test_whole_numbers_and_fractions_stay_what_they_are() -> None:
    job, _ = delivered(a_job(), "file1")
    read = read_job(write_job(job))
    assert [type(value) for _, value in read.generation.knobs] == [float, bool]
    assert read.created.tzinfo is UTC
