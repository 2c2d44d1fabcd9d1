"""Devices by name, and Brian2's global state around them."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from brian2 import get_device, prefs
from brian2.devices.device import RuntimeDevice

from ontogeny.engine import DEVICES, activated, find_device
from ontogeny.engine.standalone import StandaloneDevice, compiler_preferences


def test_unknown_device_names_the_choices():
    with pytest.raises(ValueError, match="expected one of numpy, cpp, cuda, synapses, got 'gpu'"):
        find_device("gpu")


def test_missing_compiler_names_the_cure(monkeypatch):
    monkeypatch.setattr("ontogeny.engine.compiler.shutil.which", lambda tool: None)
    with pytest.raises(RuntimeError, match="apt-get install g.. make.*device='numpy'"):
        find_device("cpp")


@pytest.mark.parametrize("backend", [RuntimeDevice, StandaloneDevice])
def test_global_state_comes_back_even_after_an_error(backend):
    device, wanted = backend(), {"codegen.target": "cython", **compiler_preferences()}
    flags = prefs["codegen.cpp.extra_compile_args_gcc"]
    before = get_device(), prefs.codegen.target, prefs.core.default_float_dtype
    with pytest.raises(KeyError):
        with activated(device, wanted, np.float32):
            assert get_device() is device
            assert prefs.core.default_float_dtype is np.float32
            raise KeyError
    assert (get_device(), prefs.codegen.target, prefs.core.default_float_dtype) == before
    assert prefs["codegen.cpp.extra_compile_args_gcc"] == flags


SCRIPT = """
    import sys
    import numpy as np
    from brian2 import *
    from ontogeny.data import gaussian_noise
    from ontogeny.models import Schedule, Spontaneous, layered, simulate

    if sys.argv[1] == "cpp_standalone":
        set_device("cpp_standalone", directory=sys.argv[2], build_on_run=True)
        prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O0"]
    else:
        prefs.codegen.target = "numpy"
    defaultclock.dt = 0.5*ms
    group = NeuronGroup(3, "dv/dt = -v/(10*ms) : 1", method="exact", name="inputs")
    group.v = 1
    before = get_device(), defaultclock.dt, prefs.codegen.target, prefs.core.default_float_dtype
    flags = list(prefs.codegen.cpp.extra_compile_args_gcc)
    if sys.argv[3] != "none":
        simulate(layered([5, 4, 3]), Schedule(Spontaneous(gaussian_noise(), presentations=32)),
                 device=sys.argv[3], trials=16, progress=False)
    after = get_device(), defaultclock.dt, prefs.codegen.target, prefs.core.default_float_dtype
    assert before == after and flags == prefs.codegen.cpp.extra_compile_args_gcc
    monitor = StateMonitor(group, "v", record=True)
    run(10*ms)
    print(repr(np.asarray(group.v)), len(monitor.t), defaultclock.dt)
"""


@pytest.mark.parametrize("users", ["runtime", "cpp_standalone"])
def test_a_users_own_brian2_script_is_not_disturbed(tmp_path, users):
    if users == "cpp_standalone" and DEVICES["cpp"].problem():
        pytest.skip(DEVICES["cpp"].problem())
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    inside = [name for name in ("none", "numpy", "cpp") if name == "none" or not _problem(name)]
    printed = {
        name: subprocess.run(
            [sys.executable, str(script), users, str(tmp_path / name), name],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in inside
    }
    assert "0.36787944" in printed["none"] and " 20 0.5 ms" in printed["none"]
    assert set(printed.values()) == {printed["none"]}


def _problem(name):
    return DEVICES[name].problem()
