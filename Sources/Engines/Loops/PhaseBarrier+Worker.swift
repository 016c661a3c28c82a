import Kernel
import Results

extension PhaseBarrier {
    /// A thread of the trial: pinned to its seat, with memory of its node, in the link's namespace. What keeps it from its work is everybody's failure.
    ///
    /// - Parameter namespace: nil for the thread's own.
    /// - Throws: `SystemError` of `pthread_create(3)`.
    func startWorker<Outcome: Sendable>(
        _ name: String, on seat: Placement.Seat, in namespace: NetworkNamespace?, _ work: @escaping @Sendable () throws -> Outcome
    ) throws(SystemError) -> WorkerThread<Outcome> {
        try WorkerThread(name: name) {
            do {
                try Affinity.pinThisThread(toCPU: seat.cpu)
                Clock.refuseTimerSlack()
                try? Numa.preferMemory(onNode: seat.node)
                defer { Numa.useDefaultPolicy() }
                try namespace?.enter()
                return try work()
            } catch {
                self.fail(error)
                throw error
            }
        }
    }
}
