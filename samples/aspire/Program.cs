using Aspire.Hosting;
using Rushes.Aspire.Hosting;

var builder = DistributedApplication.CreateBuilder(args);

var database = builder.AddPostgres("postgres").AddDatabase("rushes-db", "rushes");

var rushes = builder.AddRushes("rushes", port: 8080)
    .WithWorkers(0)
    .WithDatabase(database, database.Resource.UriExpression);

// A worker of its own. With a GPU, name its engine, such as "comfyui=http://127.0.0.1:8188".
builder.AddRushesWorker("worker", rushes);

builder.Build().Run();
