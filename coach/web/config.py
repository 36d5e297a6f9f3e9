"""What an operator decides about the public side of the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coach.errors import SettingsError
from coach.settings import Settings
from coach.web.embeds import Embeds, is_origin, read_embeds


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Embeds and their limits, who may call the programming interface, where feedback goes, and which proxies are believed."""

    embeds: Embeds = field(default_factory=Embeds)
    api_origins: tuple[str, ...] = ()
    api_token: str = ""
    feedback: Path | None = None
    trusted_proxies: str = ""

    @classmethod
    def of(cls, settings: Settings) -> WebConfig:
        """From the settings. Raises SettingsError for unusable embeds or origins."""
        if wrong := next((o for o in settings.api_origins if not is_origin(o)), ""):
            raise SettingsError(
                f'COACH_API_ORIGINS: "{wrong}" is no origin; write scheme and host, without a path: https://www.example.com.'
            )
        return cls(
            embeds=read_embeds(settings.embeds),
            api_origins=settings.api_origins,
            api_token=settings.api_token,
            feedback=settings.feedback,
            trusted_proxies=settings.trusted_proxies,
        )
