"""The sheets about single projects: 前期手续, 要素保障, 问题清单, 包抓调度, in stored values."""

from datetime import date, timedelta
from decimal import Decimal

from demo.chance import seeded
from demo.materials import prefectures, vocabulary
from demo.months import Row, month_end
from demo.projects import Project, people, unit_projects
from taizhang.codelists import ReportingUnit, code_list

# So many of a unit's projects appear in these sheets.
MOST_PROJECTS = 12
# Days from a permit to the start of construction, for those that come before it.
BEFORE_START = {"land_use": 120, "environment": 90, "preliminary_design": 60, "construction_permit": 20}
NOT_NEEDED = ("forest_land", "energy_review")
ELEMENTS = {"land": ("mu", 40, 300), "energy": ("tce", 500, 9_000)}
VISITS_A_MONTH = 2


def _chosen(unit: ReportingUnit) -> list[Project]:
    """Projects of the unit that have been approved, the same ones every month."""
    approved = [project for project in unit_projects(unit) if project.approval is not None]
    random = seeded(f"{unit.unit_code} chosen projects")
    return sorted(random.sample(approved, min(MOST_PROJECTS, len(approved))), key=lambda project: project.name)


def permit_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """One row per project and permit; a permit before the start is issued in time."""
    end = month_end(month)
    rows: list[Row] = []
    for project in _chosen(unit):
        random = seeded(f"{project.name} permits")
        for kind in ("project_approval", *BEFORE_START, *NOT_NEEDED):
            due = _permit_day(project, kind, random.randint(0, 10))
            issued = due if due is not None and due <= end else None
            status = "not_needed" if kind in NOT_NEEDED else "done" if issued else "in_progress"
            rows.append(
                {
                    "sequence_no": str(len(rows) + 1),
                    "project_name": project.name,
                    "project_code": project.code,
                    "permit_kind": kind,
                    "is_needed": status != "not_needed",
                    "permit_status": status,
                    "issued_date": issued,
                    "document_no": _document(unit, kind, issued, random.randint(1, 300)) if issued else None,
                    "due_date": None if status == "not_needed" else due or end + timedelta(days=90),
                }
            )
    return rows


def _permit_day(project: Project, kind: str, delay: int) -> date | None:
    """The day on which a permit is due and issued; None where that is not known yet."""
    if kind == "project_approval":
        return project.approval
    if project.start is None or project.approval is None or kind in NOT_NEEDED:
        return None
    return max(project.approval, project.start - timedelta(days=BEFORE_START[kind] - min(delay, 10)))


def _document(unit: ReportingUnit, kind: str, issued: date, number: int) -> str:
    return f"{unit.unit_name[:2]}{code_list('permit').names[kind][:1]}〔{issued.year}〕{number}号"


def element_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """One row per project and element; what a started project needs is granted."""
    end = month_end(month)
    rows: list[Row] = []
    for project in _chosen(unit):
        random = seeded(f"{project.name} elements")
        for kind, (measure, least, most) in ELEMENTS.items():
            needed = Decimal(random.randint(least, most))
            granted_on = _permit_day(project, "land_use", 0)
            is_granted = granted_on is not None and granted_on <= end
            granted = needed if is_granted else needed * random.choice([0, 25, 50]) / 100
            rows.append(
                {
                    "sequence_no": str(len(rows) + 1),
                    "project_name": project.name,
                    "project_code": project.code,
                    "element_kind": kind,
                    "quantity_unit": measure,
                    "needed_quantity": needed,
                    "granted_quantity": granted,
                    "granted_date": granted_on if is_granted else None,
                    "due_date": granted_on or date(month.year, 12, 31),
                }
            )
    return rows


def issue_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """The issues raised by the end of the month, with those settled in it; settled ones are gone a month later."""
    end = month_end(month)
    words = vocabulary()
    first = prefectures()[unit.parent_region_code]["months"][0]
    rows: list[Row] = []
    for number, project in enumerate(_chosen(unit)[:6], start=1):
        random = seeded(f"{project.name} issue")
        raised = first + timedelta(days=random.randint(0, 60))
        closed = raised + timedelta(days=random.randint(20, 120))
        if raised > end or closed < month:
            continue
        is_closed = closed <= end
        issue_class = random.choice([code for code in code_list("issue_class").names if code != "other"])
        rows.append(
            {
                "issue_no": f"{first.year}-{number:02d}",
                "project_name": project.name,
                "project_code": project.code,
                "issue_class": issue_class,
                "issue_text": random.choice(words["issues"][issue_class]),
                "raised_date": raised,
                "responsible_org": project.org,
                "owner_name": project.leader,
                "due_date": closed + timedelta(days=random.randint(5, 30)),
                "escalation_level": random.choice(["county", "county", "city"]),
                "is_closed": is_closed,
                "closed_date": closed if is_closed else None,
                "result_text": random.choice(words["issue_results"]) if is_closed else None,
            }
        )
    return rows


def dispatch_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """Visits of the leaders to their projects in the month, and the county's monthly meeting."""
    random = seeded(f"{unit.unit_code} {month} visits")
    end = month_end(month)
    days = sorted(random.sample(range(1, end.day + 1), 7))
    projects = random.sample(_chosen(unit), min(6, len(_chosen(unit))))
    rows: list[Row] = [
        {
            "sequence_no": str(number),
            "project_name": project.name,
            "project_code": project.code,
            "leader_name": project.leader,
            "leader_role": "县级包抓领导",
            "event_kind": random.choice(["visit", "on_site"]),
            "event_date": month.replace(day=day),
            "visit_count": VISITS_A_MONTH if number == 1 else None,
            "problem_text": random.choice(vocabulary()["problems"]),
            "result_text": "明确责任单位和完成时限",
        }
        for number, (project, day) in enumerate(zip(projects, days, strict=False), start=1)
    ]
    rows.append(
        {
            "sequence_no": str(len(rows) + 1),
            "leader_name": people(unit, 12, "leaders")[0],
            "leader_role": "县（市、区）长",
            "event_kind": "monthly_meeting",
            "event_date": month.replace(day=days[-1]),
            "problem_text": "通报项目进展，研究存在问题",
            "result_text": "形成会议纪要，逐项交办",
        }
    )
    return rows
