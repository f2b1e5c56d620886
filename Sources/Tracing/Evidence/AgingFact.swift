/// Something about processes, or namespaces, that hardly ever changes: asked again when the answer
/// is a second old.
struct AgingFact<Value> {
  private var known: [Int32: (time: UInt64, value: Value)] = [:]
  private static var maximumAge: UInt64 { 1_000_000_000 }
  private static var maximumKnown: Int { 256 }

  mutating func value(of number: Int32, _ ask: () -> Value) -> Value {
    let now = Clock.monotonic()
    if let fact = known[number], now &- fact.time < Self.maximumAge { return fact.value }
    if known.count >= Self.maximumKnown { known.removeAll(keepingCapacity: true) }
    let value = ask()
    known[number] = (now, value)
    return value
  }
}
