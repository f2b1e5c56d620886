extension ControlMessage {
  /// The C name of the level, or the number.
  package var levelName: String {
    level == 1 ? "SOL_SOCKET" : level == 17 ? "SOL_UDP" : String(level)
  }
  /// The C name of the type, or the number.
  package var typeName: String {
    level == 17 && type == 103 ? "UDP_SEGMENT" : String(type)
  }
}
