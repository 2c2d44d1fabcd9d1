"""CUDA programs: on a GPU where there is one, otherwise on the CPU by the stand-in."""

import os
import shutil
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, TimedArray, second

from ontogeny.data import Stimuli, gaussian_noise, uniform_noise
from ontogeny.engine import (
    DEVICES,
    STEP,
    Correlate,
    DenseProjection,
    Propagate,
    Settings,
    Update,
    activated,
    cuda,
    find_device,
)
from ontogeny.models import Learning, Record, Schedule, Spontaneous, build, layered, simulate
from ontogeny.plasticity import SGD, Adam, Backpropagation

PROBLEM = DEVICES["cuda"].problem()
UNABLE = PROBLEM if "GPU" not in PROBLEM else ""
needs_cuda = [pytest.mark.cuda, pytest.mark.skipif(bool(PROBLEM), reason=PROBLEM or "works")]
# Generating and compiling needs no GPU.
needs_nvcc = [pytest.mark.cuda, pytest.mark.skipif(bool(UNABLE), reason=UNABLE or "works")]


def marked(marks, *values):
    return pytest.param(*values, marks=marks)


@pytest.mark.parametrize("missing", [marked(needs_cuda, np.nan)])
def test_closed_gates_and_nan(laboratory, missing):
    generator = np.random.default_rng(0)
    sizes = [(5, 9), (5, 34), (9, 34), (9, 34)]
    x, y, w, v = (generator.standard_normal(size) for size in sizes)
    x[3, 5] = missing
    found = laboratory("cuda", 5, 9, 34).run(x, y, w, v)
    assert (found["shut"] == 7).all()
    largest, both = found["f"].reshape(5, 34), found["z"].reshape(5, 9)
    assert np.isnan(largest[3]).all() and np.isfinite(np.delete(largest, 3, axis=0)).all()
    assert np.isnan(both).sum() == 1 and np.isnan(both[3, 5])


def lives(network, device_names, **keywords):
    generator = np.random.default_rng(0)
    stimuli = Stimuli.from_arrays(
        generator.integers(0, 3, (21, 13)).astype(np.uint8), generator.integers(0, 3, 21)
    )
    smooth = Stimuli.from_arrays(generator.random((18, 13)), generator.integers(0, 3, 18))
    schedule = Schedule(
        Spontaneous(gaussian_noise(mean=0.2), presentations=37),
        Spontaneous(uniform_noise(), presentations=16),
        Learning(stimuli, epochs=2, test=smooth),
        Learning(smooth, epochs=1),
    )
    record = Record(checkpoints=2, activity=True)
    return [
        simulate(
            network,
            schedule,
            device=name,
            trials=8,
            seed=3,
            record=record,
            progress=False,
            **keywords,
        )
        for name in device_names
    ]


NETWORKS = {
    "feedback alignment, Adam": layered([13, 7, 3], optimiser=Adam(rate=0.01)),
    "backpropagation, SGD": layered(
        [13, 7, 5, 3],
        rule=Backpropagation(),
        optimiser=SGD(rate=0.1, momentum=0.9, weight_decay=0.01),
    ),
}


@pytest.mark.parametrize("name", [marked(needs_cuda, name) for name in NETWORKS])
def test_lives_agree_with_the_device_numpy(name):
    expected, found = lives(NETWORKS[name], ("numpy", "cuda"), dtype="float64")
    compared = 0
    for group in ("progress", "weights", "tests", "activity"):
        for key, variable in expected[group].data_vars.items():
            if variable.dtype.kind == "f":
                other = found[group][key]
                np.testing.assert_allclose(other, variable, rtol=0, atol=1e-10, err_msg=key)
                compared += variable.size
    assert compared > 1000
    moved = found["weights"]["forward_1"]
    assert float(abs(moved[-1] - moved[0]).max()) > 1e-3
    assert found.attrs["device"] == "cuda"
    claims_gpu = "CPU" not in found.attrs["hardware"]
    assert claims_gpu == (cuda.STAND_IN not in os.environ)


@pytest.mark.parametrize("dtype", [marked(needs_cuda, "float32")])
def test_lives_in_float32_are_close(dtype):
    network = NETWORKS["feedback alignment, Adam"]
    expected, found = lives(network, ("numpy", "cuda"), dtype=dtype)
    for key, variable in expected["weights"].data_vars.items():
        assert found["weights"][key].dtype == np.float32
        np.testing.assert_allclose(found["weights"][key], variable, rtol=0, atol=1e-4)


@contextmanager
def active(dtype="float32"):
    from ontogeny.engine.cuda_device import CudaDevice

    preferences = cuda.cuda_preferences()
    backend = CudaDevice()
    with activated(backend, preferences, dtype):
        yield backend


def generate(folder, network, trials=64, dtype="float32"):
    """Write the project of a network, and return its device."""
    with active(dtype) as backend:
        built = build(network, trials)
        Network(*built.objects, name="life").run(STEP * second, namespace={})
        backend.build(directory=str(folder))
    return backend


def compile_with_nvcc(folder, *files):
    # The stand-in's variable is for running; nvcc itself is meant here.
    done = subprocess.run(
        ["make", f"-j{os.cpu_count()}", *files], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("trials", [marked(needs_nvcc, 64)])
def test_nvcc_compiles_stimuli_and_synapses(tmp_path, trials):
    generate(tmp_path, layered([784, 100, 10]), trials)
    objects = ["source_present", "forward_1_correlate_1"]
    files = [f"code_objects/{name}_codeobject.o" for name in objects]
    compile_with_nvcc(tmp_path, *files)
    for file in files:
        listed = subprocess.run(
            ["strings", str(tmp_path / file)], capture_output=True, text=True
        ).stdout
        assert "sm_80" in listed or shutil.which("strings") is None


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [marked(needs_nvcc, dtype) for dtype in ("float32", "float64")])
def test_nvcc_compiles_and_links_whole_programs(tmp_path, dtype):
    generate(tmp_path, layered([784, 100, 10]), dtype=dtype)
    compile_with_nvcc(tmp_path)
    done = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 or "looking for a GPU" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [marked(needs_nvcc, dtype) for dtype in ("float32", "float64")])
def test_nvcc_compiles_every_operation(laboratory, tmp_path, dtype):
    cuda._generate(partial(laboratory.parts, shape=(3, 13, 7)), dtype, tmp_path)
    compile_with_nvcc(tmp_path)


@pytest.mark.parametrize("network", [marked(needs_nvcc, layered([784, 100, 10]))])
def test_every_code_object_launches_at_most_one_kernel(tmp_path, network):
    backend = generate(tmp_path, network)
    sources = [tmp_path / "code_objects" / f"{code.name}.cu" for code in backend.steps]
    launches = [source.read_text().count("<<<") for source in sources]
    assert max(launches) == 1
    assert len(launches) == 24


def objects_of(*, operations=(), step="", gate="", name="dense", dtype="float32"):
    """Generate a small network; returns nothing, the point is what is refused."""
    with active(dtype):
        clock = Clock(dt=STEP * second, name="step_clock")
        settings = Settings({"steps": int, "open": int}, clock=clock)
        if step:
            settings.step(step, order=0)
        group = NeuronGroup(4, "r : 1\ndrive : 1", clock=clock, name="units")
        dense = DenseProjection(group, group, operations=operations, settings=settings, name=name)
        if gate == "preset":
            dense.w = [1.0] * 16
        ramp = TimedArray([0.0, 1.0], dt=STEP * second)
        Network(settings, group, dense).run(STEP * second, namespace={"ramp": ramp})


@pytest.mark.parametrize(
    ("error", "message", "keywords"),
    [
        marked(
            needs_nvcc,
            NotImplementedError,
            "expected code that sets no gates on device 'cuda', got 'open = 1'",
            {"operations": [Update("w += 1", gate="open")], "step": "open = 1"},
        ),
        marked(
            needs_nvcc,
            NotImplementedError,
            "expected code that sets no gates on device 'cuda', got 'open = 1'",
            {"operations": [Update("w += 1", window=("steps", "open"))], "step": "open = 1"},
        ),
        marked(
            needs_nvcc,
            NotImplementedError,
            "expected code on plain variables, got 'dense_update_0.*' with random numbers",
            {"operations": [Update("w += randn()")]},
        ),
        marked(
            needs_nvcc,
            NotImplementedError,
            "expected code on plain variables, got 'dense_update_0.*' with a TimedArray",
            {"operations": [Update("w += ramp(t)")]},
        ),
        marked(
            needs_nvcc,
            ValueError,
            "expected names without digits around an 'e', got .*layer12e3",
            {"operations": [Propagate("w*r_pre", into="drive_post")], "name": "layer12e3"},
        ),
        marked(
            needs_nvcc,
            NotImplementedError,
            "expected nothing to be set before the run, got '_array_dense_w'",
            {"operations": [Correlate("r_pre*r_post", into="w")], "gate": "preset"},
        ),
    ],
)
def test_what_cuda_cannot_do_is_refused(error, message, keywords):
    with pytest.raises(error, match=message):
        objects_of(**keywords)


PLAIN = """
    import shutil
    import numpy as np
    import brian2cuda
    from brian2 import *
    from ontogeny.engine import DenseProjection, Propagate

    backend = prefs.devices.cuda_standalone.cuda_backend
    backend.detect_gpus, backend.gpu_id, backend.compute_capability = False, 0, 8.0
    prefs.devices.cpp_standalone.make_cmd_unix = {make!r}
    set_device("cuda_standalone", build_on_run=False)
    units = NeuronGroup(40, "dr/dt = (-r + tanh(drive))/(10*ms) : 1\\ndrive : 1", method="euler")
    dense = DenseProjection(units, units, operations=[Propagate("w*r_pre", into="drive_post")])
    generator = np.random.default_rng(0)
    weights, rates = generator.standard_normal((40, 40))/3, generator.random(40)
    dense.w, units.r = weights.ravel(), rates
    run(5*ms)
    # The stand-in sees only what lies in the project.
    shutil.copytree({include!r}, {folder!r})
    device.build(directory={folder!r}, compile=True, run=True, with_output=False)
    for step in range(50):
        rates = rates + 0.01*(-rates + np.tanh(rates @ weights))
    print(np.abs(np.asarray(units.r) - rates).max())
"""


@pytest.mark.slow
@pytest.mark.parametrize("stand_in", [marked(needs_cuda, cuda.STAND_IN)])
def test_projections_run_in_a_users_own_cuda_script(tmp_path, stand_in):
    if stand_in not in os.environ:
        pytest.skip(f"${stand_in} is not set")
    make = f"{sys.executable} {os.environ[stand_in]}"
    include = os.path.join(os.path.dirname(cuda.__file__), "include")
    script = PLAIN.format(make=make, folder=str(tmp_path / "out"), include=include)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 1e-12


def test_nothing_imports_brian2cuda_unasked():
    code = "import sys, ontogeny.models; from ontogeny.engine import DEVICES; "
    code += "DEVICES['cuda'].problem(); assert 'brian2cuda' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


class TestProblem:
    @pytest.fixture(autouse=True)
    def whole(self, monkeypatch, tmp_path):
        """A machine where everything is there."""
        self.patch = monkeypatch
        self.stand_in = tmp_path / "make_on_cpu.py"
        self.stand_in.touch()
        monkeypatch.delenv(cuda.STAND_IN, raising=False)
        monkeypatch.setattr(cuda.sys, "version_info", (3, 12))
        monkeypatch.setattr(cuda.importlib.util, "find_spec", lambda name: "found")
        monkeypatch.setattr(cuda, "nvcc", lambda: "nvcc")
        monkeypatch.setattr(cuda, "_output", lambda *command: "9.0, NVIDIA H100\n8.0, NVIDIA A100")

    def test_nothing_is_missing(self):
        assert cuda.cuda_problem() == ""
        assert cuda.architectures() == ["80", "90"]

    def test_python_is_too_old(self):
        self.patch.setattr(cuda.sys, "version_info", (3, 11))
        assert cuda.cuda_problem().startswith("brian2cuda needs Python 3.12 or later")

    def test_package_is_missing(self):
        self.patch.setattr(cuda.importlib.util, "find_spec", lambda name: None)
        assert "pip install --pre '.[cuda]'" in cuda.cuda_problem()

    def test_compiler_is_missing(self):
        self.patch.setattr(cuda, "nvcc", lambda: None)
        with pytest.raises(RuntimeError, match="'cuda': nvcc not found; install the CUDA toolkit"):
            find_device("cuda")

    def test_gpu_is_missing(self):
        self.patch.setattr(cuda, "_output", lambda *command: "")
        assert cuda.cuda_problem().startswith("no NVIDIA GPU found")
        assert cuda.architectures() == ["80", "90"]

    def test_stand_in_needs_no_gpu(self):
        self.patch.setattr(cuda, "_output", lambda *command: "")
        self.patch.setenv(cuda.STAND_IN, str(self.stand_in))
        assert cuda.cuda_problem() == ""
        assert cuda.make_command() == [sys.executable, str(self.stand_in)]

    def test_stand_in_is_missing(self):
        self.patch.setenv(cuda.STAND_IN, str(self.stand_in.with_name("nothing.py")))
        assert "which is no file" in cuda.cuda_problem()
