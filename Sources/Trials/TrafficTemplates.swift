import Frames

extension TrialPlan {
    /// The frames of this plan in the order in which each worker sends them, round after round.
    ///
    /// - Parameters:
    ///   - transmitAddress: where the plan names no source, the transmitting interface's own.
    ///   - receiveAddress: the receiving interface's own.
    /// - Throws: `FrameError`; never for a plan that was made from a draft.
    public func templates(
        transmitAddress: MACAddress?, receiveAddress: MACAddress?
    ) throws(FrameError) -> [FrameTemplate] {
        try FrameSchedule.templates(
            recipe(transmitAddress: transmitAddress, receiveAddress: receiveAddress), sizes: frame.sizes,
            modifiers: frame.modifiers, seed: run.seed)
    }
}
