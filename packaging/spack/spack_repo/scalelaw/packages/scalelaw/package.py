# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Scalelaw(CMakePackage):
    """Measures how programs scale with cores and nodes, under several
    execution models, and puts the predictions of the scaling laws beside
    every measurement."""

    # The checkout that has this recipe.
    git = Path(__file__).resolve().parents[6].as_uri()

    license("Apache-2.0")

    version("main", branch="main")

    variant("mpi", default=True, description="Build the drivers with MPI")
    variant("openmp", default=True, description="Build the drivers with OpenMP")
    variant("peers", default=False, description="Build the peers by OpenBLAS and oneTBB")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("git", type="build")

    depends_on("boost@1.74:")
    depends_on("cli11@2.1:")
    depends_on("eigen@3.4:")
    depends_on("fmt@9:")
    # The command does not link MPI; the MPI drivers then read HDF5 one rank at a time.
    depends_on("hdf5@1.10:~mpi")
    depends_on("hwloc@2.9:")
    depends_on("libjpeg-turbo@2.1:")
    depends_on("libspng@0.7:")
    depends_on("muparserx")
    depends_on("nlohmann-json@3.11:")
    depends_on("openssl@3:")
    depends_on("re2")
    depends_on("tomlplusplus@3.3:")
    depends_on("zlib-api")

    depends_on("mpi", when="+mpi")
    depends_on("openblas", when="+peers")
    depends_on("intel-oneapi-tbb", when="+peers")

    # Each user installs the packages of Python for figures and pages, as the program says.
    depends_on("python@3.11:", type="run")

    conflicts("%gcc@:11", msg="GCC 12 or newer is needed, for C++20")
    conflicts("%clang@:13", msg="Clang 14 or newer is needed, for C++20")

    generator("ninja")

    def cmake_args(self):
        without = {"mpi": "MPI", "openmp": "OpenMP"}
        args = [self.define("SCALELAW_TESTS", False)]
        for variant_name, package in without.items():
            missing = self.spec.satisfies(f"~{variant_name}")
            args.append(self.define(f"CMAKE_DISABLE_FIND_PACKAGE_{package}", missing))
        return args
