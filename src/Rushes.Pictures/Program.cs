using Rushes.Pictures;

return ImageProgram.Run(args);
