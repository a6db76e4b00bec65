"""All resources of the API."""

from __future__ import annotations

from fastapi import APIRouter

ROUTERS: list[APIRouter] = []
