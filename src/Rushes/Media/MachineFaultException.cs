namespace Rushes.Media;

/// <summary>A decoder failed because of this machine, not because of the file: a retry may succeed.</summary>
public sealed class MachineFaultException(string message) : Exception(message);
