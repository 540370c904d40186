"""A file to write into."""

from pathlib import Path

import pytest

from tests.access_file.files import File


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)
