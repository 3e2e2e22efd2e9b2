"""How the functions are built: each by the Makefile of its architecture, for its runtime."""

from .stack import ROOT, source


def test_each_function_is_built_by_the_makefile_of_its_architecture() -> None:
    template = source()
    functions = [
        it for it in template["Resources"].values() if it["Type"] == "AWS::Serverless::Function"
    ]
    folder = "infra/build/${Architecture}"

    for function in functions:
        assert function["Metadata"] == {
            "BuildMethod": "makefile",
            "ContextPath": {"Fn::Sub": folder},
        }
    for architecture in template["Parameters"]["Architecture"]["AllowedValues"]:
        assert (ROOT / folder.replace("${Architecture}", architecture) / "Makefile").is_file()
    runtime = template["Globals"]["Function"]["Runtime"].removeprefix("python")
    rules = (ROOT / "infra/build/zip.mk").read_text("utf-8")
    assert f"--python-version {runtime}" in rules
    assert f"find --no-project {runtime}" in rules
