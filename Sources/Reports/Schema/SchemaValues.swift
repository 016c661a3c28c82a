import Frames
import Methods
import Metrics
import Plans
import Results
import Traffic

extension Int: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: nil) } }
extension Int32: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: nil) } }
extension Int64: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: nil) } }
extension UInt8: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: 0) } }
extension UInt16: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: 0) } }
extension UInt32: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: 0) } }
extension UInt64: SchemaValue { public static var schemaNode: SchemaNode { .integer(minimum: 0) } }
extension Double: SchemaValue { public static var schemaNode: SchemaNode { .number } }
extension String: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension Bool: SchemaValue { public static var schemaNode: SchemaNode { .truth } }

extension Optional: SchemaValue where Wrapped: SchemaValue {
    public static var schemaNode: SchemaNode { Wrapped.schemaNode }
    public static var isOptionalInSchema: Bool { true }
}

extension Array: SchemaValue where Element: SchemaValue {
    public static var schemaNode: SchemaNode { .list(Element.schemaNode) }
}

extension Dictionary: SchemaValue where Key == String, Value: SchemaValue {
    public static var schemaNode: SchemaNode { .map(Value.schemaNode) }
}

// Written as users write them.
extension RateRequest: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension LoadShape: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension BitRate: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension PacketRate: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension FrameSizes: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension LatencySampling: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension FieldModifier: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension Encapsulation: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension MACAddress: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension IPv4Address: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension IPv6Address: SchemaValue { public static var schemaNode: SchemaNode { .text } }
extension InterfaceReference: SchemaValue { public static var schemaNode: SchemaNode { .text } }

/// A word of a few.
protocol SchemaWord: SchemaValue, CaseIterable, RawRepresentable<String> {}

extension SchemaWord {
    public static var schemaNode: SchemaNode { .words(allCases.map(\.rawValue)) }
}

extension EngineName: SchemaWord {}
extension PacingResult.Granularity: SchemaWord {}
extension ReceiverName: SchemaWord {}
extension PlacementName: SchemaWord {}
extension XDPModeName: SchemaWord {}
extension ForeignAction: SchemaWord {}
extension SlotLayout: SchemaWord {}
extension FrameFault: SchemaWord {}
extension NetworkProtocol: SchemaWord {}
extension TransportProtocol: SchemaWord {}
extension TrialResult.EndReason: SchemaWord {}
extension ReceiveClock: SchemaWord {}
extension ClockAgreement.Method: SchemaWord {}
extension WorkerResult.Role: SchemaWord {}
extension TuneGoal: SchemaWord {}
extension LinkSearch.Method: SchemaWord {}
extension LoadTrial.Purpose: SchemaWord {}
extension LoadTrial.Verdict: SchemaWord {}
extension LoadTrial.Limit: SchemaWord {}
extension CaptureSearch.Limit: SchemaWord {}
extension CaptureScore.Source: SchemaWord {}
extension ToolRecord.Readiness: SchemaWord {}
extension ToolRecord.EndedBy: SchemaWord {}
extension ResultComparison.Design: SchemaWord {}
extension FigureComparison.Verdict: SchemaWord {}
extension ResultFigure: SchemaWord {}
extension StreamEvent: SchemaWord {}
