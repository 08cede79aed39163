"""LiteLLM's models as settings of ours: who has each, under which name, at which price.

Prices there are dollars a token; ours are micro-credits a million tokens, rounded up to a whole one.
"""

import json
import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import msgspec

from econonexus.cli.litellm.files import Export
from econonexus.cli.litellm.rows import Row
from econonexus.domain.ids import is_name

MILLION = 1_000_000
EVERY = frozenset({"all-proxy-models", "*"})
NO_MODEL = "no-default-models"
FROM_ENVIRONMENT = "os.environ/"
KNOWN_URLS = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "deepseek": ("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "fireworks_ai": ("https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY"),
    "groq": ("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "mistral": ("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "openrouter": ("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "together_ai": ("https://api.together.xyz/v1", "TOGETHERAI_API_KEY"),
    "xai": ("https://api.x.ai/v1", "XAI_API_KEY"),
}
"""Providers that speak OpenAI's API: where, and which variable LiteLLM takes the key from."""
OWN_URL = frozenset(
    {"custom_openai", "hosted_vllm", "litellm_proxy", "lm_studio", "openai_like", *KNOWN_URLS}
)
"""Providers that speak it wherever `api_base` says."""
_OPENAIS = re.compile(r"(gpt-|chatgpt-|o\d|text-embedding-)")
_TIER = re.compile(r"(input|output)_cost_per_token_above_\w+_tokens")
PRICES = {
    "input_ucr": "input_cost_per_token",
    "output_ucr": "output_cost_per_token",
    "cached_ucr": "cache_read_input_token_cost",
}
"""A setting of a price's, and the field it comes from."""


class Upstream(msgspec.Struct, frozen=True):
    """Who has models; `key_env` is the variable that has its key."""

    url: str
    key_env: str


class Model(msgspec.Struct, frozen=True):
    """A model that may be called."""

    upstream: str
    far_name: str
    prices: dict[str, int]
    bounds: dict[str, int]


class Catalogue(msgspec.Struct):
    """The models of an export."""

    models: dict[str, Model] = {}
    upstreams: dict[str, Upstream] = {}
    known: set[str] = set()
    """All names under which models may be called, also those that cannot be carried over."""
    groups: dict[str, list[str]] = {}
    """Access groups, and the models in each."""
    limit_ucr: int = 0
    """What all models together may cost in a window; 0 for no limit."""
    window_ms: int = 0
    notes: list[str] = []

    def expanded(self, listed: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
        """The models that names, patterns and access groups allow, none for all; and what fits nothing."""
        listed = list(listed)
        if EVERY & set(listed):
            return (), []
        allowed: dict[str, None] = {}
        unknown = []
        for name in listed:
            if name == NO_MODEL:
                continue
            if "*" in name:
                fitting = sorted(known for known in self.known if fnmatchcase(known, name))
            else:
                fitting = self.groups.get(name, [name] if is_name(name) else [])
            allowed.update(dict.fromkeys(fitting))
            if not fitting:
                unknown.append(name)
        return tuple(allowed), unknown


def catalogue(export: Export, credits_per_usd: Decimal, through: str = "") -> Catalogue:
    """The models of an export; all of them `through` a proxy of LiteLLM's at that URL, if one is given.

    Raises: CommandFailed, naming the row and field that is wrong.
    """
    found = Catalogue()
    for row in export.deployments:
        _add_deployment(found, export, row, credits_per_usd, through)
    for section in export.sections:
        _add_section(found, section, credits_per_usd)
    return found


def settings_text(found: Catalogue) -> str:
    """The settings, as they stand in econonexus.toml."""
    lines = ["# Made by `econonexus import litellm`: put this into econonexus.toml.", ""]
    if found.limit_ucr:
        lines += [
            "[gateway]",
            f"spend_limit_ucr = {found.limit_ucr}",
            f"spend_window_ms = {found.window_ms}",
            "",
        ]
    for name, upstream in found.upstreams.items():
        lines += [f"[upstreams.{_quoted(name)}]", f"url = {_quoted(upstream.url)}"]
        lines += [f"key_env = {_quoted(upstream.key_env)}", ""]
    for name, model in found.models.items():
        lines += [f"[models.{_quoted(name)}]", f"upstream = {_quoted(model.upstream)}"]
        lines += [f"name = {_quoted(model.far_name)}"]
        lines += [f"{field} = {value}" for field, value in model.bounds.items()]
        lines += ["", f"[models.{_quoted(name)}.prices.credit]"]
        lines += [f"{field} = {value}" for field, value in model.prices.items()]
        lines += [""]
    return "\n".join(lines)


def _add_deployment(found: Catalogue, export: Export, row: Row, rate: Decimal, through: str) -> None:
    name = row.text("model_name")
    if not name:
        raise row.wrong("model_name", "it is missing")
    parameters, info = row.inner("litellm_params"), row.inner("model_info")
    if "*" in name or not is_name(name):
        found.notes.append(f"model {name}: it is no name of one model; list the models themselves")
        return
    if name in found.models:
        found.notes.append(f"model {name}: a second deployment, {parameters.text('model')}, is left out")
        return
    found.known.add(name)
    for group in info.names("access_groups"):
        found.groups.setdefault(group, []).append(name)
    costs = _costs(export, name, parameters, info)
    prices = _prices(found, name, costs, rate)
    whose = _whose(found, name, parameters, costs, through)
    if prices is None or whose is None:
        return
    upstream, far_name = whose
    most = info.whole("max_output_tokens") or _fallback(costs, "max_output_tokens")
    reads = info.whole("max_input_tokens") or _fallback(costs, "max_input_tokens")
    bounds = {"max_output_tokens": most, "context_tokens": reads}
    found.models[name] = Model(
        _upstream_name(found, upstream),
        far_name,
        prices,
        {field: value for field, value in bounds.items() if value},
    )
    for field in ("rpm", "tpm"):
        if parameters.fields.get(field) is not None:
            found.notes.append(f"model {name}: {field} {parameters.fields[field]} is not carried over")


def _costs(export: Export, name: str, parameters: Row, info: Row) -> list[Row]:
    """Where a model's costs may stand, the first that has one counts."""
    model = parameters.text("model")
    mapped = (info.text("base_model"), model, model.partition("/")[2], name)
    return [parameters, info, *(export.costs[key] for key in mapped if key in export.costs)]


def _prices(found: Catalogue, name: str, costs: list[Row], rate: Decimal) -> dict[str, int] | None:
    """A model's prices; None, and a note, where it has none."""
    prices = {}
    for setting, field in PRICES.items():
        dollars = next((cost for row in costs if (cost := row.number(field)) is not None), None)
        if dollars is not None:
            prices[setting] = _in_ucr_per_million(
                max(dollars, *_tiers(found, name, costs, field), dollars), rate
            )
    if "input_ucr" not in prices:
        found.notes.append(
            f"model {name}: its price is not in the files; export /model/info, or add LiteLLM's cost map"
        )
        return None
    return prices


def _tiers(found: Catalogue, name: str, costs: list[Row], field: str) -> list[Decimal]:
    """The prices of long contexts, which stand for all: a limit must hold for the dearest call."""
    side = field.partition("_")[0]
    tiers = []
    for row in costs:
        for tier in row.fields:
            matches = _TIER.fullmatch(tier)
            cost = row.number(tier) if matches is not None and matches[1] == side else None
            if cost is not None:
                tiers.append(cost)
                found.notes.append(
                    f"model {name}: {tier} {cost:f}: there is one price for all tokens, the highest"
                )
    return tiers


def _in_ucr_per_million(dollars_per_token: Decimal, credits_per_usd: Decimal) -> int:
    exact = dollars_per_token * credits_per_usd * MILLION * MILLION
    return int(exact.to_integral_value(ROUND_CEILING))


def _whose(
    found: Catalogue, name: str, parameters: Row, costs: list[Row], through: str
) -> tuple[Upstream, str] | None:
    """Who has a model, and what it is called there; None, and a note, where that speaks another API."""
    if through:
        return Upstream(through, "LITELLM_API_KEY"), name
    model = parameters.text("model")
    provider, far_name = _provider(parameters, costs)
    url = parameters.text("api_base") or parameters.text("base_url")
    known_url, variable = KNOWN_URLS.get(provider, ("", f"{provider.upper()}_API_KEY"))
    if provider not in OWN_URL or not (url or known_url):
        found.notes.append(
            f"model {name}: {model} is at {provider or 'a provider without a name'}, which may not speak "
            "OpenAI's API; keep LiteLLM for it, and give its URL with --through"
        )
        return None
    if url.startswith(FROM_ENVIRONMENT):
        found.notes.append(
            f"model {name}: its URL stands in {url.removeprefix(FROM_ENVIRONMENT)}; write it out"
        )
        return None
    key = parameters.text("api_key")
    if key.startswith(FROM_ENVIRONMENT):
        variable = key.removeprefix(FROM_ENVIRONMENT)
    elif key:
        found.notes.append(
            f"model {name}: its key stands in the file and is not copied; put it into {variable}"
        )
    return Upstream(url.rstrip("/") or known_url, variable), far_name


def _provider(parameters: Row, costs: list[Row]) -> tuple[str, str]:
    """A model's provider, as LiteLLM finds it, and its name there."""
    model = parameters.text("model")
    named = parameters.text("custom_llm_provider")
    prefix, slash, rest = model.partition("/")
    if named:
        return named, rest if prefix == named else model
    if slash and (prefix in OWN_URL or not parameters.text("api_base")):
        return prefix, rest
    told = next((text for row in costs if (text := row.text("litellm_provider"))), "")
    return told or ("openai" if _OPENAIS.match(model) or parameters.text("api_base") else ""), model


def _upstream_name(found: Catalogue, upstream: Upstream) -> str:
    """The name of an upstream: its host, made longer where another key is used at the same."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", urlsplit(upstream.url).netloc.rpartition("@")[2])[:48]
    name, number = host, 1
    while found.upstreams.setdefault(name, upstream) != upstream:
        number += 1
        name = f"{host}-{number}"
    return name


def _fallback(costs: list[Row], field: str) -> int:
    return next((value for row in costs if (value := row.whole(field))), 0)


def _add_section(found: Catalogue, section: Row, rate: Decimal) -> None:
    """A section of the proxy's configuration: the budget of the whole proxy, and what stays behind."""
    stays = [field for field in section.fields if field not in ("max_budget", "budget_duration")]
    most = section.number("max_budget")
    if most:
        found.limit_ucr = int(most * rate * MILLION)
        found.window_ms = section.window_ms("budget_duration")
        if not found.window_ms:
            raise section.wrong(
                "budget_duration", "it is missing, and a limit of the whole gateway needs a window"
            )
    if stays:
        found.notes.append(f"{section.where}: not carried over: {', '.join(sorted(stays))}")


def _quoted(text: str) -> str:
    """A text as TOML has it between quotes, which for these is as JSON does."""
    return json.dumps(text, ensure_ascii=False)
