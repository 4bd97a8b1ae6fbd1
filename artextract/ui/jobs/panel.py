"""Jobs on a screen: the buttons that start them, their progress, and their results."""

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st

from artextract import settings
from artextract.ui import work_text
from artextract.ui.jobs.job_queue import Job, job_queue


def job_button(label: str, start: Callable[[], object], **options: Any) -> None:
    """A button that starts a job and redraws the screen; a public server has none. `options` go to `st.button`."""
    if not settings.public() and st.button(label, **options):
        start()
        st.rerun()


def show_jobs(elsewhere: Collection[str] = ()) -> None:
    """The running jobs, which refresh by themselves, and the jobs that ended.

    `elsewhere`: keys of jobs that the screen shows in another place.
    """
    jobs = _jobs(elsewhere)
    running = {job.key for job in jobs if job.running}
    if running:
        _live_jobs(running, elsewhere)
    else:
        _ended_jobs(jobs)


@st.fragment(run_every=1.0)
def show_progress(job: Job) -> None:
    """A running job, which refreshes by itself; reruns the whole screen when it has ended."""
    if not job.running:
        st.rerun()
    _running_job(job)


def continue_button(job: Job, then: Callable[[Job], object] = lambda _job: None) -> None:
    """A button that starts a stopped job again, which computes only what is missing; `then` receives the new job."""

    def start() -> None:
        then(job_queue().start(job.key, job.label, job.work, job.low_priority))

    st.button("Continue", key=f"_continue_{job.key}", icon=":material/play_arrow:", on_click=start)


def show_outcome(job: Job, sentence: str) -> None:
    """A sentence on a job that ended, in the colour of its outcome."""
    text = work_text.said(sentence)
    if job.error:
        st.error(text, icon=":material/error:")
    elif job.stopped:
        st.info(text, icon=":material/stop_circle:")
    else:
        st.success(text, icon=":material/check:")


def _jobs(elsewhere: Collection[str]) -> list[Job]:
    return [job for job in job_queue().jobs() if job.key not in elsewhere]


@st.fragment(run_every=1.0)
def _live_jobs(running: set[str], elsewhere: Collection[str]) -> None:
    """The jobs; reruns the whole screen when one of the `running` has ended, to show its result."""
    jobs = _jobs(elsewhere)
    if not running <= {job.key for job in jobs if job.running}:
        st.rerun()
    for job in jobs:
        if job.running:
            _running_job(job)
    _ended_jobs(jobs)


def _running_job(job: Job) -> None:
    step = job.step
    with st.container(border=True):
        st.markdown(f"**{work_text.escaped(job.label, '')}**")
        if step is None:
            st.progress(0.0, text="Waiting for another job")
        elif not step.total:
            st.progress(0.0, text=f"{step.stage}…")
        else:
            seconds = step.seconds_left
            parts = [
                f"{step.stage}: {step.done:,} of {step.total:,}",
                step.note,
                f"{step.rate:,.0f} per second" if step.rate else "",
                f"about {_duration(seconds)} left" if seconds else "",
            ]
            st.progress(min(step.done / step.total, 1.0), text=work_text.escaped(" · ".join(filter(None, parts)), ""))
        st.button("Stop", key=f"_stop_{job.key}", icon=":material/stop:", on_click=job.stop)


def _ended_jobs(jobs: list[Job]) -> None:
    for job in jobs:
        if job.running or (job.low_priority and not job.error):  # nobody waits for its result
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            show_outcome(job, f"{job.label}: {job.error or job.outcome}")
            if job.stopped:
                continue_button(job)
            key = f"_dismiss_{job.key}"
            st.button("Dismiss", key=key, icon=":material/close:", on_click=job_queue().forget, args=(job.key,))


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"
