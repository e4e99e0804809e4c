"""An entry of CISA's catalogue says that a vulnerability is exploited; its dates are kept as they were given."""

import re
from collections.abc import Mapping
from typing import Any

from consumers.findings.finding import Finding, Format, Product, identifier, line, lines, long_line, text, title


def findings(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The one finding of an entry that has the form."""
    id = identifier(document["cveID"]) or ""
    found = re.findall(r"https?://[^\s;]+", document.get("notes") or "")
    return (
        Finding(
            format=Format.KEV,
            document=id,
            id=id,
            title=title(id, document.get("vulnerabilityName")),
            aliases=(id,),
            description=text(document.get("shortDescription"), document.get("requiredAction")),
            products=(Product(vendor=line(document.get("vendorProject")), product=line(document.get("product"))),),
            weaknesses=lines(document.get("cwes") or ()),
            references=tuple(dict.fromkeys(each for each in found if long_line(each) is not None)),
            public=True,
            exploited=True,
            dates=tuple((name, document[name]) for name in ("dateAdded", "dueDate") if document.get(name)),
        ),
    )
