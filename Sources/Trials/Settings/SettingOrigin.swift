/// Who said what a setting is.
public enum SettingOrigin: Equatable, Sendable {
    /// A line of a profile, whose file is named as the user named it.
    case profile(file: String, place: SourcePlace?)
    /// The command line.
    case flag
    /// A method that needs it so, as a bakeoff its engines.
    case method
    /// Nobody: what every plan has.
    case standard
    /// Nobody; vethmark chose it, for this reason.
    case automatic(reason: String)
}
