"""Jobs on a screen: the buttons that start them, the running ones live, how they ended."""

from typing import Any

import streamlit as st

from artextract import settings
from artextract.ui.jobs.job_queue import Job, board


def job_button(label: str, **looks: Any) -> bool:
    """A button that starts a job, and whether it was pressed; a public server has none.

    Args:
        label: what it says.
        looks: what else `st.button` takes.
    """
    return not settings.public() and st.button(label, **looks)


def show_jobs() -> None:
    """The running jobs, refreshed by themselves, and those that ended since."""
    jobs = board().jobs()
    running = {job.key for job in jobs if job.running}
    if running:
        _live_jobs(running)
    else:
        _ended_jobs(jobs)


@st.fragment(run_every=1.0)
def _live_jobs(running: set[str]) -> None:
    """The jobs, and the whole screen anew when one of the `running` has ended: there is something
    new to show."""
    jobs = board().jobs()
    if not running <= {job.key for job in jobs if job.running}:
        st.rerun()
    for job in jobs:
        if job.running:
            _running_job(job)
    _ended_jobs(jobs)


def _running_job(job: Job) -> None:
    step = job.step
    with st.container(border=True):
        st.markdown(f"**{job.label}**")
        if step is None:
            st.progress(0.0, text="Waits for the job before it")
        elif not step.total:
            st.progress(0.0, text=f"{step.stage} …")
        else:
            rate = f" · {step.rate:,.0f} a second" if step.rate else ""
            left = step.seconds_left
            rest = f" · about {_duration(left)} left" if left else ""
            note = f" · {step.note}" if step.note else ""
            text = f"{step.stage}: {step.done:,} of {step.total:,}{note}{rate}{rest}"
            st.progress(min(step.done / step.total, 1.0), text=text)
        st.button("Stop", key=f"_stop_{job.key}", icon=":material/stop:", on_click=job.stop)


def _ended_jobs(jobs: list[Job]) -> None:
    for job in jobs:
        if job.running or (job.gives_way and not job.error):  # nobody waits for that one
            continue
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            if job.error:
                st.error(f"{job.label}: {job.error}", icon=":material/error:")
            else:
                st.success(f"{job.label}: {job.outcome}", icon=":material/check:")
            st.button(
                "Dismiss",
                key=f"_dismiss_{job.key}",
                on_click=board().forget,
                args=(job.key,),
                icon=":material/close:",
            )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"
