import ArgumentParser
import Plans

/// The flags that say what to run; those that were given lie over the profile's values.
///
/// They are made from the table of settings, and their values are read by its parsers, as a profile's are.
struct TrialOptions<Use: SettingUse>: ParsableArguments {
    @OptionGroup(title: LoadSection.title) var load: SettingOptions<LoadSection, Use>
    @OptionGroup(title: RunSection.title) var course: SettingOptions<RunSection, Use>
    @OptionGroup(title: FrameSection.title) var frame: SettingOptions<FrameSection, Use>
    @OptionGroup(title: LinkSection.title) var link: SettingOptions<LinkSection, Use>
    @OptionGroup(title: TransmitSection.title) var transmit: SettingOptions<TransmitSection, Use>
    @OptionGroup(title: ReceiveSection.title) var receive: SettingOptions<ReceiveSection, Use>

    /// - Throws: `FlagDraft.Problems`.
    func draft() throws -> PlanDraft {
        try [load.texts, course.texts, frame.texts, link.texts, transmit.texts, receive.texts].draft()
    }
}

typealias PlanOptions = TrialOptions<AnyRun>

/// Those of them that make sense where each pair of engine and receiver has its turn on a link of its own.
typealias BakeoffOptions = TrialOptions<AnyBakeoff>

/// Those that say what to load a capture tool with.
struct CaptureOptions: ParsableArguments {
    @OptionGroup(title: LoadSection.title) var load: SettingOptions<LoadSection, AnyCapture>
    @OptionGroup(title: RunSection.title) var course: SettingOptions<RunSection, AnyCapture>
    @OptionGroup(title: FrameSection.title) var frame: SettingOptions<FrameSection, AnyCapture>
    @OptionGroup(title: LinkSection.title) var link: SettingOptions<LinkSection, AnyCapture>
    @OptionGroup(title: TransmitSection.title) var transmit: SettingOptions<TransmitSection, AnyCapture>

    /// - Throws: `FlagDraft.Problems`.
    func draft() throws -> PlanDraft { try [load.texts, course.texts, frame.texts, link.texts, transmit.texts].draft() }
}

extension [SettingTexts] {
    /// - Throws: `FlagDraft.Problems`, with all that is wrong.
    func draft() throws -> PlanDraft {
        var flags = FlagDraft()
        let given = reduce(into: SettingTexts()) { $0.merge($1) { $0 + $1 } }
        // In the order of the table, whatever that of the command line.
        for (long, rows) in SettingTable.rows.groupedByFlag {
            guard let texts = given[long], !texts.isEmpty else { continue }
            if rows[0].flag.word != nil {
                flags.set(rows, words: texts)
            } else {
                flags.set(rows[0].field, texts.joined(separator: rows[0].flag.separator))
            }
        }
        return try flags.finished()
    }
}
