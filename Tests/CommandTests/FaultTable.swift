import TestSupport

/// Faults of the machine around a run, and which pairs of engines can meet each.
///
/// | fault                    | pairs               | exit | trusted | told by                                   |
/// |--------------------------|---------------------|------|---------|-------------------------------------------|
/// | peer down                | all                 | 3    | no      | link-lost                                 |
/// | peer deleted             | all                 | 3    | no      | link-lost                                 |
/// | peer's MTU made smaller  | from sockets        | 3    | no      | sending-paused                            |
/// |                          | from drivers        | 0    | yes     | link-drops: such frames are gone, and told |
/// | SIGSTOP for a second     | every engine        | 3    | no      | stopped                                   |
/// | a hog on the sender's CPU | every engine       | 3    | no      | cpu-shared                                |
/// | a CPU quota of 40 %      | every way to send   | 3    | no      | cpu-throttled, cpu-withheld               |
/// | taskset in mid-run       | every engine        | 0    | yes     | worker-moved                              |
/// | the clock set by 1 ns    | all                 | 3    | no      | clock-step                                |
/// | a time namespace         | all                 | 0    | yes     |                                           |
/// | timestamps asked before  | all                 | 0    | yes     | timestamps-early, to sockets only         |
/// | timestamps asked in mid-run | to sockets       | 3    | no      | timestamps-mixed                          |
/// |                          | to programs         | 0    | yes     |                                           |
/// | Ctrl-C in the warm-up    | all                 | 3    | no      | nothing-measured                          |
/// | Ctrl-C in the window     | all                 | 0    | yes     | interrupted                               |
/// | Ctrl-C in trial 4 of 5   | every way to send   | 0    | yes     | interrupted; three samples                |
/// | SIGTERM, SIGHUP          | every kind of loan  | 0    | yes     | interrupted                               |
/// | SIGKILL, then `restore`  | every kind of loan  |      |         |                                           |
/// | stdout closed or full    | the report: any     | 1    |         | the sentence; the result is saved         |
/// | another vethmark's flood | all                 | 0, 3 | if the book closes | another-vethmark               |
/// | one frame stolen, and a stranger's drops | from sockets; from drivers in `FaultTests` of the trials | 3 | no | residual |
enum MachineFault: String, CaseIterable, Sendable {
    case peerDown, peerDeleted, smallerMTU, stopped, hog, quota, moved, clockSet, timeNamespace, stampsBefore, stampsInMidRun
    case interruptedWarmUp, interruptedWindow, interruptedTrial, terminated, hungUp, killed, closedOutput, fullOutput, flood, stolen

    /// Who can meet it differently from the others.
    var pairs: [EnginePair] {
        switch self {
        case .peerDown, .peerDeleted, .smallerMTU, .clockSet, .timeNamespace, .stampsBefore, .stampsInMidRun, .interruptedWarmUp,
            .interruptedWindow, .flood:
            EnginePair.all
        // What is taken from the process is taken from its sender, whoever receives.
        case .stopped, .hog, .moved: Self.everyEngine
        // A loop of ours, one over slots, a call that lasts.
        case .quota, .interruptedTrial: [EnginePair("ring", "ring"), EnginePair("gso", "ring"), EnginePair("xdp", "xdp")]
        // The MTU only, offloads besides, GRO, a socket's program, a counting one.
        case .terminated, .hungUp, .killed:
            [
                EnginePair("ring", "ring"), EnginePair("gso", "ring"), EnginePair("xdp", "ring"), EnginePair("ring", "af-xdp"),
                EnginePair("xdp", "xdp")
            ]
        case .closedOutput, .fullOutput: [EnginePair("ring", "ring")]
        case .stolen: EnginePair.fromSockets
        }
    }

    private static let everyEngine = [
        EnginePair("ring", "ring"), EnginePair("gso", "ring"), EnginePair("mmsg", "ring"), EnginePair("af-xdp", "ring"),
        EnginePair("xdp", "xdp")
    ]
}
