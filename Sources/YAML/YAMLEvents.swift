import CLibYAML

/// What a text is made of, one piece after the other, as libyaml's parser tells it.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(String, YAMLNode.ScalarStyle)
        case sequenceStart(YAMLNode.CollectionStyle), sequenceEnd
        case mappingStart(YAMLNode.CollectionStyle), mappingEnd
    }

    let kind: Kind
    let place: YAMLNode.Place
    /// What aliases call it.
    let anchor: String?
}

/// libyaml's parser over a text.
///
/// Unsafe: it points into itself and at the text, so it lies where it was made, and whoever makes it keeps the text as long. Events are copied and given back at once.
@safe struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    // Unsafe: `text` outlives this value.
    init(_ text: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        unsafe parser = .allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw .outOfMemory
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// - Throws: `YAMLError`, never `duplicateKey` or `tooDeep`.
    borrowing func next() throws(YAMLError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw error }
        defer { unsafe yaml_event_delete(&event) }
        let place = unsafe Self.place(event.start_mark)
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .streamStart, place: place, anchor: nil)
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, place: place, anchor: nil)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, place: place, anchor: nil)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, place: place, anchor: nil)
        case YAML_ALIAS_EVENT:
            return unsafe YAMLEvent(kind: .alias(Self.text(event.data.alias.anchor) ?? ""), place: place, anchor: nil)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let text = unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return unsafe YAMLEvent(kind: .scalar(text, Self.style(scalar.style)), place: place, anchor: Self.text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            let isFlow = unsafe event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
            return unsafe YAMLEvent(
                kind: .sequenceStart(isFlow ? .flow : .block), place: place, anchor: Self.text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, place: place, anchor: nil)
        case YAML_MAPPING_START_EVENT:
            let isFlow = unsafe event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
            return unsafe YAMLEvent(
                kind: .mappingStart(isFlow ? .flow : .block), place: place, anchor: Self.text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, place: place, anchor: nil)
        default: preconditionFailure("libyaml has no event without a kind before the stream's end")
        }
    }

    // Unsafe: libyaml's words are constants, and its marks plain numbers.
    private var error: YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "it can't be read"
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR: return .outOfMemory
        case YAML_READER_ERROR: return unsafe .character(problem, byteOffset: Int(parser.pointee.problem_offset))
        default:
            let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
            let begun = unsafe Self.place(parser.pointee.context_mark)
            return unsafe .syntax(
                problem, at: Self.place(parser.pointee.problem_mark), context: context.map { YAMLError.Context(text: $0, place: begun) })
        }
    }

    private static func place(_ mark: yaml_mark_t) -> YAMLNode.Place {
        YAMLNode.Place(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    // Unsafe: the event that holds it is still there, and it ends with a zero.
    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe bytes.map { unsafe String(cString: $0) }
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.ScalarStyle {
        switch style {
        case YAML_PLAIN_SCALAR_STYLE: .plain
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .any
        }
    }
}
