"""What the peers by Dask have in common: a LocalCluster."""
import os
import warnings

from . import worker
from .library import Library


class DaskLibrary(Library):
    module, package = "distributed", "distributed"

    def start(self, work):
        import dask
        from distributed import Client, LocalCluster
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver",
                         "distributed.admin.large-graph-warning-threshold": "1TB",
                         "distributed.comm.timeouts.connect": f"{worker.PATIENCE_S}s"})
        warnings.filterwarnings("ignore", module="distributed")
        workers = self.setup.workers
        self.cluster = LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
                                    local_directory=os.path.join(self.refuge.folder, "dask"), silence_logs=50)
        self.client = Client(self.cluster)
        self.client.wait_for_workers(workers, timeout=worker.PATIENCE_S)
        # One task for each worker: they wait for each other in the thread that computes.
        addresses = self.client.scheduler_info(n_workers=-1)["workers"]
        self.client.gather([self.client.submit(worker.ready, self.setup, workers=[address], pure=False)
                            for address in addresses])

    def stop(self):
        self.client.close()
        self.cluster.close()
