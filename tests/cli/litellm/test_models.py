"""LiteLLM's models as settings: exact prices, who has them, and what cannot be carried over."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from econonexus.cli.exits import CommandFailed
from econonexus.cli.litellm.files import read
from econonexus.cli.litellm.models import Catalogue, catalogue, settings_text
from econonexus.config import load

HERE = Path(__file__).parent
ONE = Decimal(1)


def of(
    tmp_path: Path, *deployments: dict[str, object], through: str = "", rate: Decimal = ONE, **rest: object
) -> Catalogue:
    """The catalogue of a configuration with these models."""
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({"model_list": list(deployments), **rest}))
    return catalogue(read([file]), rate, through)


def deployment(model: str = "openai/gpt-4o", **parameters: object) -> dict[str, object]:
    costs = {"input_cost_per_token": "1e-06", "output_cost_per_token": "2e-06"}
    return {"model_name": "m", "litellm_params": {"model": model, **costs, **parameters}}


def test_the_settings_are_what_the_file_says_and_a_node_takes_them(tmp_path: Path) -> None:
    found = catalogue(read([HERE / "config.yaml"]), ONE)
    file = tmp_path / "econonexus.toml"
    file.write_text(settings_text(found))
    written = tomllib.loads(file.read_text())
    # 0.0000025 dollars a token are 2.5 a million tokens, and a dollar is a million µcr.
    assert written["models"]["gpt-4o"] == {
        "upstream": "api.openai.com",
        "name": "gpt-4o",
        "max_output_tokens": 16_384,
        "context_tokens": 128_000,
        "prices": {"credit": {"input_ucr": 2_500_000, "output_ucr": 10_000_000, "cached_ucr": 1_250_000}},
    }
    # 2.00000001e-08 dollars a token are 20,000.00001 µcr a million: rounded up.
    assert written["models"]["text-embedding-3-small"]["prices"] == {"credit": {"input_ucr": 20_001}}
    assert written["upstreams"]["vllm.internal-8000"] == {
        "url": "http://vllm.internal:8000/v1",
        "key_env": "HOSTED_VLLM_API_KEY",
    }
    assert written["gateway"] == {"spend_limit_ucr": 500_000_000, "spend_window_ms": 2_592_000_000}
    assert set(written["models"]) == {"gpt-4o", "local-llama", "text-embedding-3-small"}
    read_back = load({"OPENAI_API_KEY": "x", "HOSTED_VLLM_API_KEY": "y"}, file)
    assert read_back.models["local-llama"].prices["credit"].output_ucr == 400_000


def test_what_stays_behind_is_said_line_by_line_and_no_secret_is_copied() -> None:
    found = catalogue(read([HERE / "config.yaml"]), ONE)
    notes = "\n".join(found.notes)
    for told in (
        "gpt-4o: rpm 480",
        "azure/gpt-4o-eu",
        "claude: bedrock/",
        "openai/*",
        "no-price: its price",
        "master_key",
        "drop_params",
    ):
        assert told in notes
    assert "token-in-the-file" not in notes + settings_text(found)
    assert "sk-1234" not in notes + settings_text(found)


def test_a_price_of_long_contexts_is_the_price_of_all(tmp_path: Path) -> None:
    found = of(tmp_path, deployment(input_cost_per_token_above_128k_tokens="3e-06"))
    assert found.models["m"].prices == {"input_ucr": 3_000_000, "output_ucr": 2_000_000}


def test_credits_may_be_worth_something_else(tmp_path: Path) -> None:
    found = of(tmp_path, deployment(), rate=Decimal("0.0000003"))
    # 1e-06 × 0.0000003 × 10^12 = 0.3, rounded up.
    assert found.models["m"].prices == {"input_ucr": 1, "output_ucr": 1}


def test_a_model_without_a_price_of_its_own_takes_that_of_the_cost_map(tmp_path: Path) -> None:
    costs = tmp_path / "model_prices_and_context_window.json"
    costs.write_text(
        '{"gpt-4o": {"litellm_provider": "openai",'
        ' "input_cost_per_token": 2.5e-06, "max_output_tokens": 16384}}'
    )
    config = tmp_path / "config.yaml"
    config.write_text("model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o}}]")
    found = catalogue(read([config, costs]), ONE)
    assert found.models["m"].prices == {"input_ucr": 2_500_000}
    assert found.models["m"].bounds == {"max_output_tokens": 16_384}


def test_models_are_read_from_the_answer_of_model_info_too(tmp_path: Path) -> None:
    file = tmp_path / "models.json"
    file.write_text(
        '{"data": [{"model_name": "m", "litellm_params": {"model": "groq/llama-3.1-8b-instant"},'
        ' "model_info": {"id": "1", "input_cost_per_token": 5e-08, "output_cost_per_token": 8e-08}}]}'
    )
    found = catalogue(read([file]), ONE)
    assert found.models["m"].prices == {"input_ucr": 50_000, "output_ucr": 80_000}
    assert found.upstreams[found.models["m"].upstream].key_env == "GROQ_API_KEY"


@pytest.mark.parametrize(
    ("parameters", "url", "far_name"),
    [
        ({"model": "gpt-4o"}, "https://api.openai.com/v1", "gpt-4o"),
        ({"model": "openai/x", "api_base": "http://h/v1/"}, "http://h/v1", "x"),
        ({"model": "org/x", "api_base": "http://h/v1"}, "http://h/v1", "org/x"),
        ({"model": "x", "custom_llm_provider": "openai"}, "https://api.openai.com/v1", "x"),
        ({"model": "mistral/open-mixtral"}, "https://api.mistral.ai/v1", "open-mixtral"),
    ],
)
def test_who_has_a_model_is_found_as_litellm_finds_it(
    tmp_path: Path, parameters: dict[str, object], url: str, far_name: str
) -> None:
    found = of(tmp_path, deployment(**parameters))  # type: ignore[arg-type]
    assert (found.upstreams[found.models["m"].upstream].url, found.models["m"].far_name) == (url, far_name)


@pytest.mark.parametrize("model", ["anthropic/claude", "bedrock/x", "claude-3-opus", "hosted_vllm/x"])
def test_what_may_speak_another_api_is_called_through_litellm_or_not_at_all(
    tmp_path: Path, model: str
) -> None:
    assert not of(tmp_path, deployment(model)).models
    found = of(tmp_path, deployment(model), through="http://127.0.0.1:4000/v1")
    assert found.models["m"].far_name == "m"
    assert found.upstreams[found.models["m"].upstream].url == "http://127.0.0.1:4000/v1"


def test_two_keys_at_one_host_are_two_upstreams(tmp_path: Path) -> None:
    first, second = (
        deployment(api_key="os.environ/A"),
        deployment(api_key="os.environ/B") | {"model_name": "n"},
    )
    found = of(tmp_path, first, second)
    assert sorted(upstream.key_env for upstream in found.upstreams.values()) == ["A", "B"]


def test_a_budget_of_the_whole_proxy_needs_a_window(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="litellm_settings: budget_duration"):
        of(tmp_path, deployment(), litellm_settings={"max_budget": 5})
