"""What the recipes of packaging/ name, and what the build knows."""

import json
import re
import sys
import types

# A package of Spack or EasyBuild: what CMake looks for when it needs it.  Nothing: a tool that CMake does not look for,
# or a program that users start.
MEANS = {
    "boost": {"Boost"}, "cli11": {"CLI11"}, "eigen": {"Eigen3"}, "fmt": {"fmt"}, "git": {"Git"}, "hdf5": {"HDF5"},
    "hwloc": {"hwloc"}, "intel-oneapi-tbb": {"TBB"}, "libjpeg-turbo": {"jpeg", "turbojpeg"}, "libspng": {"spng"},
    "mpi": {"MPI"}, "muparserx": {"muparserx"}, "nlohmann-json": {"nlohmann_json"}, "openblas": {"openblas"},
    "openssl": {"libcrypto"}, "pkgconf": {"PkgConfig"}, "pkgconfig": {"PkgConfig"}, "re2": {"re2"},
    "tomlplusplus": {"tomlplusplus"}, "zlib": {"ZLIB"}, "zlib-api": {"ZLIB"},
    "c": set(), "cxx": set(), "cmake": set(), "ninja": set(), "python": set(),
}
OF_TESTS = {"GTest"}
RENAMED = {"PKG_CONFIG": "PkgConfig", "hdf5_serial": "HDF5"}  # what a find sets, where its name is another


def cmake_text(root):
    files = [path for path in [*root.rglob("CMakeLists.txt"), *root.rglob("*.cmake")]
             if not path.relative_to(root).parts[0].startswith(("build", "."))]
    return "\n".join(path.read_text() for path in files)


class Build:
    """What the CMake files of a tree look for, require and let a user set."""

    def __init__(self, root):
        text = cmake_text(root)
        self.looks_for = set(re.findall(r"(?:find_package|pkg_check_modules|pkg_search_module)\((\w+)", text))
        required = re.findall(r"scalelaw_require\((\w+)_FOUND", text)
        self.requires = {RENAMED.get(name, name) for name in required} - OF_TESTS
        self.options = set(re.findall(r"option\((SCALELAW_\w+)", text)) | set(
            re.findall(r"set\((SCALELAW_\w+) [^)]*?\bCACHE\b", text))
        presets = json.loads((root / "CMakePresets.json").read_text())["configurePresets"]
        self.presets = {preset["name"] for preset in presets}
        self.version = re.search(r"project\(scalelaw VERSION (\S+)", text)[1]
        self.system_packages = {word for line in (root / "scripts/packages.txt").read_text().splitlines()
                                if line and line[0] != "#" for word in line.split()[1:3]}

    def knows(self, option):
        """Whether -DOPTION=... has an effect."""
        disabled = option.removeprefix("CMAKE_DISABLE_FIND_PACKAGE_")
        return option in self.options or (disabled != option and disabled in self.looks_for)


def faults(build, packages, options):
    """What is wrong with a recipe that names these packages, and sets these options."""
    out = [f"no CMake file has the option {option}" for option in options if not build.knows(option)]
    out += [f"tests/install/recipes.py does not say what '{name}' is" for name in packages if name not in MEANS]
    named = set().union(*(MEANS.get(name, set()) for name in packages))
    out += [f"no CMake file looks for {name}" for name in sorted(named - build.looks_for)]
    out += [f"the build requires {name}, which the recipe lacks" for name in sorted(build.requires - named)]
    return out


class SpackRecipe:
    """A package.py, executed with a Spack that only takes notes."""

    def __init__(self, text, path):
        self.calls = []

        def directive(name):
            return lambda *words, **options: self.calls.append((name, words, options))

        directives = ("license", "version", "variant", "depends_on", "conflicts", "generator")
        package = types.ModuleType("spack.package")
        vars(package).update({name: directive(name) for name in directives})
        cmake = types.ModuleType("spack_repo.builtin.build_systems.cmake")
        cmake.CMakePackage = type("CMakePackage", (), {"define": staticmethod(lambda name, value: f"-D{name}={value}")})
        pretended = {package.__name__: package, cmake.__name__: cmake, "spack": types.ModuleType("spack")}
        pretended |= {name: types.ModuleType(name) for name in ("spack_repo", "spack_repo.builtin",
                                                              "spack_repo.builtin.build_systems")}
        before = dict(sys.modules)
        sys.modules.update(pretended)
        try:
            names = {"__file__": str(path)}
            exec(compile(text, path, "exec"), names)
        finally:
            for name in pretended:
                sys.modules.pop(name)
            sys.modules.update({name: before[name] for name in pretended if name in before})
        self.recipe = names["Scalelaw"]

    def words(self, name):
        return [words[0] for call, words, _ in self.calls if call == name]

    def packages(self):
        return [re.match(r"[\w-]+", spec)[0] for spec in self.words("depends_on")]

    def arguments(self, *without):
        """Those of cmake, for a package without some of its variants."""
        made = self.recipe()
        made.spec = types.SimpleNamespace(satisfies=lambda spec: spec[0] == "~" and spec[1:] in without)
        return dict(word.removeprefix("-D").split("=") for word in made.cmake_args())


class EasyConfig:
    """An easyconfig, executed with EasyBuild's constants."""

    def __init__(self, text):
        constants = {"SOURCELOWER_TAR_GZ": "scalelaw.tar.gz", "SYSTEM": "system"}
        self.values = {}
        exec(text, constants, self.values)

    def __getattr__(self, name):
        return self.values[name]

    def packages(self):
        """By Spack's names.  What the system has counts, and so does the MPI of the toolchain."""
        named = [entry[0].lower().replace("_", "-") for entry in self.builddependencies + self.dependencies]
        return named + ["tomlplusplus" for names in self.osdependencies if "libtomlplusplus-dev" in names] + ["mpi"]

    def options(self):
        return re.findall(r"-D(\w+)=", self.configopts)
