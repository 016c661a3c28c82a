import Frames
import Traffic

extension PlanMaker {
    /// In the order of their table, each once.
    func makeMalformed() -> [FrameFault] {
        let asked = Set(draft.frame.malformed ?? [])
        return FrameFault.allCases.filter(asked.contains)
    }

    /// A fault that frames can't have would be left out of them without a word.
    mutating func checkMalformed(_ frame: TrialPlan.Frame) {
        let faults = frame.malformed ?? []
        for fault in faults where !fault.applies(to: frame.network, frame.transport) {
            let headers = frame.network == .raw ? "frames without IP" : "\(frame.transport.rawValue) over \(frame.network.rawValue)"
            refuse(
                .malformed, found: "\(fault.rawValue) in \(headers)", allowed: "a fault of headers that the frames have",
                remedy: "leave it out, or use frames of \(fault.place)")
        }
        if faults.contains(.transportChecksum), faults.contains(.zeroChecksum) {
            refuse(
                .malformed, found: "transport-checksum and zero-checksum", allowed: "one of both, for a frame has one transport checksum",
                remedy: "leave out one of them, or give each a stream of its own (\(PlanField.streams.flag))")
        }
        if faults.contains(.transportChecksum), frame.hasOptionalChecksum, draft.frame.udpChecksum == false {
            refuse(
                .udpChecksum, found: "false", allowed: "true or left out where the checksum is to be wrong", remedy: "leave it out")
        }
    }
}
