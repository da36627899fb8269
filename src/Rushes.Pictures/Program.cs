using Rushes.Pictures;

return PictureProgram.Run(args);
