import reframe as rfm
import reframe.utility.sanity as sn


@rfm.simple_test
class RootsTest(rfm.RunOnlyRegressionTest):
    threads = parameter([1, 2, 4])
    valid_systems = ['*']
    valid_prog_environs = ['*']
    executable = '/tmp/roots/roots_timed'

    @run_before('run')
    def place(self):
        self.num_tasks = 1
        self.num_cpus_per_task = self.threads
        self.executable_opts = [str(self.threads)]
        self.reference = {'*': {'elapsed': (0.01, None, None, 's')}}

    @sanity_function
    def validate(self):
        return sn.assert_found(r'sum', self.stdout)

    @performance_function('s')
    def elapsed(self):
        return sn.extractsingle(r'elapsed: (\S+)', self.stdout, 1, float)

    @performance_function('Mroots/s')
    def speed(self):
        return sn.extractsingle(r'speed: (\S+)', self.stdout, 1, float)
