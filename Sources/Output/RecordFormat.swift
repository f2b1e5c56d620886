package import Records

/// A way to write records down.
///
/// A format is a value without files and clocks: it appends bytes to a buffer, and whoever owns
/// the buffer writes them. What it keeps from one event to the next is bounded.
package protocol RecordFormat: Sendable {
  /// Appends the whole of one record, or nothing where the format does not show it.
  mutating func append(_ event: TraceEvent, to out: inout ByteBuffer)

  /// Appends what can be said only now that no more records come: once, behind the last.
  ///
  /// There may have been no `.end`: the trace was cut off, or several were read one after another.
  mutating func finish(to out: inout ByteBuffer)

  /// The terminal it is written to has this size now; nil for what is not known.
  mutating func fit(columns: Int?, lines: Int?)

  /// True where nothing is written before there are no more records.
  var writesAtEndOnly: Bool { get }

  /// Nanoseconds after a record at which `refresh` is to be called; nil for never.
  var refreshInterval: UInt64? { get }

  /// Appends what is to be seen of the records up to now.
  mutating func refresh(to out: inout ByteBuffer)
}

extension RecordFormat {
  package mutating func finish(to out: inout ByteBuffer) {}
  package mutating func fit(columns: Int?, lines: Int?) {}
  package var writesAtEndOnly: Bool { false }
  package var refreshInterval: UInt64? { nil }
  package mutating func refresh(to out: inout ByteBuffer) {}
}
