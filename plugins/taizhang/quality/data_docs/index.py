"""The page that lists the runs of the gate; it is derived from the audit tables and may be written anew at any time."""

from pathlib import Path

from sqlalchemy import Engine, text

from taizhang.quality.data_docs.frame import write_page

NEWEST = 1000
_RUNS = text(
    f"""
    with newest as (select * from audit.gate_run order by gate_run_id desc limit {NEWEST}),
    decided as (
        select gate_run_id, count(*) as judged, count(*) filter (where outcome = 'quarantined') as held_back
        from audit.judgement where gate_run_id in (select gate_run_id from newest) group by gate_run_id
    ),
    checked as (
        select gate_run_id, count(*) as rules, count(*) filter (where rows_failed > 0) as failed
        from audit.rule_run where gate_run_id in (select gate_run_id from newest) group by gate_run_id
    )
    select newest.*, decided.judged, decided.held_back, checked.rules, checked.failed
    from newest
    left join decided on decided.gate_run_id = newest.gate_run_id
    left join checked on checked.gate_run_id = newest.gate_run_id
    order by newest.gate_run_id desc"""
)


def write_index(engine: Engine, folder: Path) -> None:
    """Write `<folder>/index.html`, which lists the newest runs and leads to their pages where they are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(_RUNS).mappings()]
    for row in rows:
        row["page"] = f"{row['gate_run_id']}/index.html" if (folder / str(row["gate_run_id"])).is_dir() else None
    write_page(folder / "index.html", "runs.j2", runs=rows)
