"""The endpoint /image_audit."""

from __future__ import annotations

from typing import Any

from playground.bias.image_audit import audit_images, load_real_images, read_image_audit
from playground.bias.image_findings import AuditFinding, audit_findings, summarize_findings
from playground.core.catalogue import say
from playground.core.validation import parse_choice
from playground.images.model_menu import image_model_facts
from playground.metrics.intervals import Interval
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


def _to_json(one: AuditFinding) -> dict[str, Any]:
    return {
        "what": one.title,
        "attribute": one.attribute,
        "kind": one.kind,
        "data": one.data,
        "drawn": _number(one.drawn),
        "read": _interval(one.read),
        "real_read": one.real,
        "difference": _interval(one.difference),
        "p": one.p,
        "adjusted_p": one.adjusted,
        "verdict": one.verdict,
        "margin": one.margin,
    }


def _interval(one: Interval) -> dict[str, Any]:
    return {"value": _number(one.value), "low": one.low, "high": one.high, "method": one.method}


def _number(value: float) -> float | None:
    return value if value == value else None  # JSON has no nan: a group that was never drawn has no gap


@endpoint("image_audit")
def api_image_audit(
    model: str = "gan-avatars", count: int = 1000, seed: int = 0, attribute: str | None = None
) -> dict[str, Any]:
    """Counts what an image model draws against its training data: {"lines", "n", "says", "method", "recipe"}.

    model: one whose training data is here with labels, such as gan-avatars, vae-avatars, diffusion-fashion.
    count: pictures, 50 to 5,000.  attribute: glasses, beard, skin, ...; none for all of them.
    lines: [{"what", "kind", "data", "drawn", "read", "real_read", "difference", "p", "adjusted_p", "verdict",
    "margin"}], kind being "share" (with it), "words" (the word that departs most) or "gap" (dark minus light skin).
    Shares 0 to 1. difference: drawn, corrected for the classifier's errors, minus data.  margin: within it, a copy.
    """
    request = read_image_audit(model, count, seed)
    chosen = parse_choice(attribute, list(image_model_facts(request.model).labels), "attribute") if attribute else None
    audit = last_step(audit_images(request))
    findings = audit_findings(audit.read, load_real_images(audit.dataset), chosen)
    return {
        "lines": [_to_json(one) for one in findings],
        "n": len(audit.read),
        "says": summarize_findings(findings),
        "method": say("bias_texts.image_bias.audit.api_method"),
        "recipe": audit.recipe().to_json(),
    }
