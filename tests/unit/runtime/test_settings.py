"""A misspelt setting is an error at start, and a secret is not shown."""

import pytest

from services.runtime.settings import Settings, SettingsError


def test_settings_come_from_tartan_variables_alone():
    settings = Settings.from_environment({"TARTAN_LOG_LEVEL": "DEBUG", "HOME": "/root"})

    assert settings.log_level == "DEBUG"


def test_every_misspelt_setting_is_named_with_the_one_that_was_meant():
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"TARTAN_BASEURL": "x", "TARTAN_SMTPURL": "y"})

    assert "TARTAN_BASEURL. Did you mean TARTAN_BASE_URL?" in str(refused.value)
    assert "TARTAN_SMTPURL. Did you mean TARTAN_SMTP_URL?" in str(refused.value)


def test_a_secret_does_not_show_in_the_settings():
    settings = Settings.from_environment({"TARTAN_SMTP_URL": "smtp://user:hidden@mail:25"})

    assert "hidden" not in repr(settings)
