"""Module — 模块入口: ``python -m dangui.cli`` is ``dangui``."""

import sys

from dangui.cli.main import main

sys.exit(main())
