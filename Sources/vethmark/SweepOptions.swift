import ArgumentParser
import Trials

enum AnySweep: SettingUse {
    /// A trial is a turn, so a sweep counts rounds; its progress is a line a turn.
    static func takes(_ row: any SettingRow) -> Bool { row.field != .repeats && row.field != .interval }
}

/// The settings that all cells of a sweep have in common; those that were given lie over the profile's values.
struct SweepOptions: ParsableArguments {
    @OptionGroup(title: LoadSection.title) var load: SettingOptions<LoadSection, AnySweep>
    @OptionGroup(title: RunSection.title) var course: SettingOptions<RunSection, AnySweep>
    @OptionGroup(title: FrameSection.title) var frame: SettingOptions<FrameSection, AnySweep>
    @OptionGroup(title: LinkSection.title) var link: SettingOptions<LinkSection, AnySweep>
    @OptionGroup(title: TransmitSection.title) var transmit: SettingOptions<TransmitSection, AnySweep>
    @OptionGroup(title: ReceiveSection.title) var receive: SettingOptions<ReceiveSection, AnySweep>

    /// - Throws: `FlagDraft.Problems`.
    func draft() throws -> PlanDraft {
        try [load.texts, course.texts, frame.texts, link.texts, transmit.texts, receive.texts].draft()
    }
}
