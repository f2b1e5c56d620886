import Output
import Records
import TestSupport
import Testing

@Suite struct SchemaTests {
  private func schema() throws -> JSONValue { try JSONValue(Array(TraceSchema.text.utf8)) }

  private func enumeration(_ path: String...) throws -> Set<String> {
    var value: JSONValue? = try schema()["$defs"]
    for key in path { value = value?[key] }
    let strings = try #require(value?["enum"]?.strings, "\(path)")
    return Set(strings.compactMap(\.self))
  }

  private func names<Value: CaseIterable & RawRepresentable<String>>(
    _: Value.Type
  ) -> Set<String> { Set(Value.allCases.map(\.rawValue)) }

  /// A case that is added to an enum is added to the schema.
  @Test func enumsAreThoseOfTheRecords() throws {
    #expect(try enumeration("outcome") == names(Verdict.Outcome.self))
    #expect(try enumeration("verdict", "properties", "cause") == names(Verdict.Cause.self))
    #expect(try enumeration("verdict", "properties", "certainty") == names(Verdict.Certainty.self))
    #expect(
      try enumeration("candidate", "properties", "certainty") == names(Verdict.Certainty.self))
    #expect(try enumeration("verdict", "properties", "source") == names(Verdict.Source.self))
    #expect(try enumeration("message", "properties", "state") == names(MessageState.self))
    #expect(
      try enumeration("control", "properties", "status") == names(ControlMessage.Status.self))
    #expect(try enumeration("follow_up", "properties", "how") == names(FollowUp.How.self))
    #expect(try enumeration("process", "properties", "event") == names(ProcessEvent.Kind.self))
    #expect(
      try enumeration("trace_start", "properties", "stops") == names(TraceStart.StopMethod.self))
    #expect(try enumeration("part") == names(MessagePart.self))
    #expect(
      try enumeration("segmentation", "properties", "source") == names(Segmentation.Source.self))
    #expect(try enumeration("abi") == Set(ABI.allCases.map(\.name)))
    #expect(
      try enumeration("call", "properties", "syscall")
        == Set([Syscall.sendmmsg, .socketcall].map(\.name)))
  }

  @Test func noteCodesAreNamed() throws {
    let codes = try schema()["$defs"]?["note"]?["properties"]?["code"]?["examples"]?.strings
    #expect(Set((codes ?? []).compactMap(\.self)) == names(Note.Code.self))
  }

  /// The keys of a record are the required ones, in that order.
  @Test func keysAreTheRequiredOnes() throws {
    let definitions = try #require(try schema()["$defs"])
    for line in written(Samples.all, JSONLinesFormat()).split(separator: UInt8(ascii: "\n")) {
      let record = try JSONValue(Array(line))
      guard case .string(let kind) = record["kind"] else {
        Issue.record("no kind")
        continue
      }
      expectKeys(of: record, toBeThoseOf: kind, definitions)
      guard kind == "call" else { continue }
      expectKeys(of: record["verdict"], toBeThoseOf: "verdict", definitions)
      expectKeys(of: record["socket"], toBeThoseOf: "socket", definitions)
      expectKeys(of: record["flags"], toBeThoseOf: "flags", definitions)
      expectKeys(of: record["notes"]?[0], toBeThoseOf: "note", definitions)
      expectKeys(of: record["verdict"]?["candidates"]?[0], toBeThoseOf: "candidate", definitions)
      let message = record["messages"]?[0]
      expectKeys(of: message, toBeThoseOf: "message", definitions)
      expectKeys(of: message?["payload"], toBeThoseOf: "payload", definitions)
      expectKeys(of: message?["iov"]?[0], toBeThoseOf: "iovec", definitions)
      for index in 0..<4 {
        expectKeys(
          of: record["messages"]?[index]?["unreadable"]?[0], toBeThoseOf: "unreadable",
          definitions)
        expectKeys(
          of: record["messages"]?[index]?["segmentation"], toBeThoseOf: "segmentation",
          definitions)
      }
      expectKeys(of: message?["control"]?[0], toBeThoseOf: "control", definitions)
    }
  }

  private func expectKeys(
    of value: JSONValue?, toBeThoseOf name: String, _ definitions: JSONValue
  ) {
    guard let value, value != .null else { return }
    #expect(value.keys == definitions[name]?["required"]?.strings, "\(name)")
  }

  private static let hasJSONSchema =
    TestFiles.run("python3 -c 'import jsonschema' 2>/dev/null") == 0

  /// A validator that is not ours accepts records of every kind and many made by chance.
  @Test(.enabled(if: hasJSONSchema, "python3 cannot import jsonschema"))
  func validatorAcceptsRecords() {
    let folder = TestFiles.folder
    let script = folder + "../Acceptance/validate_schema.py"
    let base = "/tmp/mmsgtrace-schema-\(TestFiles.processIdentifier)"
    let (schema, records) = (base + ".json", base + ".jsonl")
    defer {
      TestFiles.remove(schema)
      TestFiles.remove(records)
    }
    let seed = SeededGenerator.seeds.last ?? 1
    var random = SeededGenerator(seed: seed)
    let events = Samples.all + (0..<1500).map { _ in random.event() }
    #expect(TestFiles.write(Array(TraceSchema.text.utf8), to: schema))
    #expect(TestFiles.write(written(events, JSONLinesFormat()), to: records))
    #expect(
      TestFiles.run("python3 '\(script)' '\(schema)' '\(records)'") == 0, "seed \(seed)")
    // It can also say no.
    let broken = #"{"kind":"follow_up","of":1,"by":null,"how":"forgotten","messages":[]}"# + "\n"
    #expect(TestFiles.write(Array(broken.utf8), to: records))
    #expect(TestFiles.run("python3 '\(script)' '\(schema)' '\(records)' 2>/dev/null") == 1)
  }
}
