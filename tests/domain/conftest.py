"""What fails in the language of the tests says what differs, as it would in a test itself."""

import pytest

pytest.register_assert_rewrite(
    "tests.domain.given", "tests.domain.world", "tests.domain.living", "tests.domain.readings"
)
