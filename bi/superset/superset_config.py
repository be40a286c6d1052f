"""Settings of Superset: its own database in its home folder, Chinese first, nothing reported to anybody."""

import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = (HOME / "secret_key").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "us", "name": "English"}}
SCARF_ANALYTICS = False
TALISMAN_ENABLED = False
WTF_CSRF_ENABLED = True
ENABLE_TEMPLATE_PROCESSING = False
FEATURE_FLAGS = {"DASHBOARD_RBAC": True}
RATELIMIT_ENABLED = False
