using System.Text;
using Rushes.Catalog;
using Xunit;

namespace Rushes.Tests.Catalog;

public sealed class CatalogTests
{
    [Theory]
    [InlineData("wan22-fast-t2v", "fast")]
    [InlineData("wan22-fast-t2v-pro", "pro")]
    [InlineData("wan22-fast-t2v-premium", "premium")]
    [InlineData("wan22-t2v-fp8", "base")]
    [InlineData("wan22-fast-t2v-fp8", "base")]
    [InlineData("wan22-fast-i2v", "fast")]
    [InlineData("wan22-fast-i2v-pro", "pro")]
    [InlineData("wan22-fast-i2v-premium", "premium")]
    [InlineData("wan22-fast-i2v-vip", "premium")]
    [InlineData("wan22-i2v-fp8", "base")]
    [InlineData("wan22-fast-i2v-fp8", "base")]
    [InlineData("wan22-s2v-fast", "fast")]
    [InlineData("wan22-s2v-pro", "pro")]
    [InlineData("wan22-s2v-premium", "premium")]
    [InlineData("wan-s2v-fast", "fast")]
    [InlineData("wan-s2v-pro", "pro")]
    [InlineData("wan-s2v-premium", "premium")]
    [InlineData("hunyuan-foley", "fast")]
    [InlineData("hunyuan-foley-pro", "pro")]
    [InlineData("hunyuan-foley-premium", "premium")]
    public void Every_documented_id_is_there(string id, string tier) =>
        Assert.Equal(tier, CatalogReader.Read().Find(id)!.Tier.Name);

    [Fact]
    public void Fast_and_base_share_a_rank_below_pro_below_premium()
    {
        var catalog = CatalogReader.Read();
        int Rank(string id) => catalog.Find(id)!.Tier.Rank;
        Assert.Equal(Rank("wan22-fast-t2v"), Rank("wan22-t2v-fp8"));
        Assert.True(Rank("wan22-fast-t2v") < Rank("wan22-fast-t2v-pro"));
        Assert.True(Rank("wan22-fast-t2v-pro") < Rank("wan22-fast-t2v-premium"));
    }

    [Fact]
    public void Time_limits_are_a_models_own_then_its_familys_by_height_class()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["catalog.json"], """
            {
              "families": {
                "below": { "like": "wan22-t2v-fp8", "timeLimits": { "idle": 300, "total": { "480": 900, "720": 2700 } },
                  "models": { "below": { "tier": "base" } } },
                "mine": { "like": "below", "models": { "plain": { "tier": "base" },
                  "slow": { "tier": "base", "timeLimits": { "start": 60, "idle": 600 } } } }
              }
            }
            """);

        var catalog = CatalogReader.Read(folder["catalog.json"]);

        Assert.Equal(new RunTimeLimit(null, 300, 900), catalog.Find("plain")!.LimitFor(480));
        Assert.Equal(new RunTimeLimit(60, 600, 2700), catalog.Find("slow")!.LimitFor(704));
        Assert.Equal(new RunTimeLimit(), catalog.Find("wan22-t2v-fp8")!.LimitFor(480));

        File.WriteAllText(folder["catalog.json"], """
            {
              "families": { "mine": { "like": "wan22-t2v-fp8", "models": { "mine": { "tier": "base",
                "timeLimits": { "total": { "480": 0 } } } } } }
            }
            """);
        var error = Assert.Throws<CatalogException>(() => CatalogReader.Read(folder["catalog.json"]));
        Assert.Contains(
            ":3: families.mine.models.mine.timeLimits.total.480: 0 is too small", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operators_file_adds_a_model_without_code()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["catalog.json"], """
            {
              "tiers": { "night": -10 },
              "families": {
                "mine": { "like": "wan22-t2v-fp8", "models": { "my-model": { "tier": "night", "aliases": ["mine"] } },
                  "maxSeconds": { "480": 10, "720": 10 } }
              }
            }
            """);

        var catalog = CatalogReader.Read(folder["catalog.json"]);

        var model = catalog.Find("mine")!;
        Assert.Equal(("my-model", -10, "t2v", 10.0), (model.Id, model.Tier.Rank, model.Lane, model.Family.MaxSeconds[480]));
        Assert.NotNull(catalog.Find("wan22-fast-t2v"));
    }

    [Fact]
    public void A_family_is_disabled_by_null_and_others_may_still_be_like_it()
    {
        var own = CatalogSource.Parse("mine.json", """
            {
              "families": {
                "hunyuan-foley": null, "wan22-fast-t2v": null,
                "mine": { "like": "wan22-fast-t2v", "models": { "mine": { "tier": "base" } } }
              },
              "listings": { "pixazo": { "wan2.2-s2v": null } }
            }
            """u8.ToArray());
        var catalog = CatalogReader.Build([CatalogSource.BuiltIn(), own]);

        Assert.Null(catalog.Find("hunyuan-foley"));
        Assert.Null(catalog.Find("fal", "fal-ai/hunyuan-video-foley"));
        Assert.Null(catalog.Find("pixazo", "wan2.2-s2v"));
        Assert.Equal(ModelKind.TextToVideo, catalog.Find("mine")!.Kind);
        Assert.Equal(["hunyuan-foley", "wan22-fast-t2v"], catalog.DisabledFamilies.Order());
        // Engine files may serve it.
        Assert.Contains("hunyuan-foley", catalog.Families);
    }

    [Fact]
    public void A_family_says_what_its_model_renders_and_under_which_licence()
    {
        var own = CatalogSource.Parse("mine.json", """
            { "families": { "h3": { "like": "wan22-fast-t2v", "models": { "h3": { "tier": "base" } }, "frames": "17n+5",
              "sideStep": 32, "framesPerSecond": 24, "sound": true, "licence": "A licence", "note": "Not everywhere.",
              "parameters": { "prompt": { "required": true }, "duration": {}, "generate_audio": {} } } } }
            """u8.ToArray());
        var family = CatalogReader.Build([CatalogSource.BuiltIn(), own]).Find("h3")!.Family;

        Assert.Equal((new FrameRule(17, 5), 32, true), (family.Frames, family.SideStep, family.Sound));
        Assert.Equal(("A licence", "Not everywhere."), (family.Licence, family.Note));
        Assert.Equal((5, 5, 22, 22, 39), (family.Frames.RoundUp(1), family.Frames.RoundUp(5), family.Frames.RoundUp(6),
            family.Frames.RoundUp(22), family.Frames.RoundUp(23)));
        Assert.Equal((1, 5, 5), (FrameRule.Default.RoundUp(1), FrameRule.Default.RoundUp(2), FrameRule.Default.RoundUp(5)));
    }

    [Fact]
    public void LoRAs_of_the_operator_are_fields_of_their_families()
    {
        var own = CatalogSource.Parse("mine.json", """
            { "loras": {
              "film": { "families": ["wan22-t2v-fp8"], "files": ["film.safetensors"], "maxStrength": 1.5, "priceFactor": 1.2 },
              "ink": { "families": ["wan22-t2v-fp8", "wan22-i2v-fp8"], "files": ["ink.safetensors"], "minStrength": -1,
                "maxStrength": 0.8 } } }
            """u8.ToArray());
        var catalog = CatalogReader.Build([CatalogSource.BuiltIn(), own]);
        var family = catalog.Find("wan22-t2v-fp8")!.Family;

        var (name, strength) = (family.Parameters.Single(field => field.Name == "lora"),
            family.Parameters.Single(field => field.Name == "lora_strength"));
        Assert.Equal(["film", "ink"], name.Options!);
        Assert.Equal((-1, 1.5), (strength.Min, strength.Max));
        Assert.Equal((1, 0.8, 1.2m), (family.Loras["film"].DefaultStrength, family.Loras["ink"].DefaultStrength,
            family.Loras["film"].PriceFactor));
        Assert.Equal(["ink"], catalog.Find("wan22-i2v-fp8")!.Family.Loras.Keys);
        Assert.Empty(catalog.Find("wan22-fast-t2v")!.Family.Loras);
    }

    [Fact]
    public void Every_API_lists_the_fields_of_LoRAs_sound_and_references()
    {
        var own = CatalogSource.Parse("mine.json", """
            { "loras": { "film": { "families": ["wan22-fast-t2v", "wan22-s2v"], "files": ["film.safetensors"] } } }
            """u8.ToArray());
        var catalog = CatalogReader.Build([CatalogSource.BuiltIn(), own]);

        foreach (var listing in catalog.Listings.Where(listing => listing.Model.Family.Loras.Count > 0))
            Assert.Equal(
                ["lora", "lora_strength"],
                listing.Parameters.Select(field => field.Name).Where(name => name.StartsWith("lora", StringComparison.Ordinal)));
        foreach (var dialect in new[] { "replicate", "openai", "openrouter" })
        {
            Assert.Contains(catalog.Find(dialect, "ltx2-t2v")!.Parameters, field => field.Name == "generate_audio");
            Assert.Contains(catalog.Find(dialect, "wan21-vace")!.Parameters, field => field.Name == "reference_image_1_uri");
        }
        Assert.Contains(catalog.Listings, listing => listing is { Dialect: "kie", Model.Family.Name: "wan22-fast-t2v" });
        Assert.Contains(catalog.Listings, listing => listing is { Dialect: "pixazo", Model.Family.Loras.Count: 1 });
    }

    [Fact]
    public void A_request_can_have_every_media_field_of_its_model()
    {
        var own = CatalogSource.Parse("mine.json", """
            { "families": { "many": { "like": "wan22-fast-i2v", "models": { "many": { "tier": "base" } }, "parameters": {
              "data_uri": { "required": true }, "second_image_uri": {}, "reference_image_1_uri": {}, "reference_image_2_uri": {},
              "reference_image_3_uri": {}, "reference_clip_uri": {}, "reference_audio_uri": {}, "duration": {} } } } }
            """u8.ToArray());
        Assert.Equal(6, CatalogReader.Read().Limits.MediaPerRequest);
        Assert.Equal(7, CatalogReader.Build([CatalogSource.BuiltIn(), own]).Limits.MediaPerRequest);
    }

    [Fact]
    public void Plans_are_the_shipped_ones_and_the_operators()
    {
        var own = CatalogSource.Parse("mine.json", """
            { "plans": { "trial": { "jobsPerWindow": 3, "windowSeconds": 86400,
              "models": ["wan22-fast-*"], "highestTier": "pro" } } }
            """u8.ToArray());
        var plans = CatalogReader.Build([CatalogSource.BuiltIn(), own]).Plans;
        Assert.Equal(["default", "metered", "trial"], plans.Keys.Order());
        Assert.Equal(new Plan(), plans["default"]);
        Assert.True(plans["metered"].Charging);
        Assert.Equal(("trial", 3, 86400, "pro", false), (plans["trial"].Name, plans["trial"].JobsPerWindow,
            plans["trial"].WindowSeconds, plans["trial"].MaxTier, plans["trial"].Charging));
    }

    [Theory]
    [InlineData("{\n  \"tiers\": { \"a\": \"high\" }\n}", 2, "tiers")]
    [InlineData("{\n\n  \"colours\": {}\n}", 3, "colours")]
    [InlineData("{ \"families\": {\n  \"foley\": null } }", 2, "there is no family \"foley\" to disable")]
    [InlineData("{ \"listings\": { \"kie\": {\n  \"foley\": null } } }", 2, "there is no listing \"foley\"")]
    [InlineData("{\n  \"plans\": {\n \"x\": null } }", 3, "plans.x: is null")]
    [InlineData("{\n  \"lanes\": null }", 2, "lanes: is null")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\", \"models\": { \"x\":\n "
        + "null } } } }", 2, "families.x.models.x: is null")]
    [InlineData("{ \"families\": {\n  "
        + "\"x\": { \"like\": \"wan22-t2v-fp8\", \"sizes\": [null] } } }", 2, "families.x.sizes: is null")]
    [InlineData("{ \"families\": {\n \"x\": {", 2, "")]
    [InlineData("{ \"families\": {\n \"x\": { \"like\": \"wan22-t2v-fp8\", \"models\": { \"x\": { \"tier\": \"base\" } },\n "
        + "\"frames\": \"4k\" } } }", 3, "4n+1 or 17n+5")]
    [InlineData("{ \"families\": {\n \"x\": { \"like\": \"wan22-s2v\", \"models\": { \"x\": { \"tier\": \"base\" } },\n "
        + "\"sound\": true } } }", 3, "whose videos always have sound")]
    [InlineData("{ \"families\": { \"x\": { \"like\": \"wan22-t2v-fp8\", \"models\": { \"x\": { \"tier\": \"base\" } },\n "
        + "\"parameters\": { \"duration\": {}, \"generate_audio\": {} } } } }", 2, "only for families with \"sound\": true")]
    [InlineData("{ \"loras\": { \"film\": {\n \"families\": [\"wan\"], \"files\": [\"a\"] } } }", 2, "no family \"wan\"")]
    [InlineData("{ \"loras\": { \"film\": { \"families\": [],\n \"files\": [\"../a\"] } } }", 2, "without \"..\"")]
    [InlineData("{ \"loras\": { \"film\": { \"families\": [], \"files\": [\"a\"],\n "
        + "\"maxStrength\": -2 } } }", 2, "is not a range")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\",\n    "
        + "\"models\": { \"x\": { \"tier\": \"gold\" } } } } }", 3, "gold")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"nothing\" } } }", 2, "nothing")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"x\" } } }", 2, "circle")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\",\n  \"lane\": \"slow\",\n "
        + "\"models\": { \"x\": { \"tier\": \"fast\" } } } } }", 3, "slow")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\",\n  \"sizes\": [\"big\"],\n "
        + "\"models\": { \"x\": { \"tier\": \"fast\" } } } } }", 3, "big")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\",\n\n "
        + "\"models\": { \"wan22-fast-t2v\": { \"tier\": \"fast\" } } } } }", 4, "already taken")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\", \"models\": { \"x\": { \"tier\": \"fast\" } },\n "
        + "\"parameters\": {\n \"duration\": { \"min\": 9, \"max\": 3 } } } } }", 4, "min 9")]
    [InlineData("{ \"plans\": {\n  \"x\": {\n \"mostQueued\": 0 } } }", 3, "mostQueued")]
    [InlineData("{ \"plans\": {\n  \"x\": {\n \"queued\": 1 } } }", 3, "queued")]
    [InlineData("{ \"plans\": {\n  \"x\": { \"jobsPerWindow\": 5 } } }", 2, "windowSeconds")]
    [InlineData("{ \"plans\": {\n  \"x\": { \"models\": [\"wan22\"] } } }", 2, "wan22")]
    [InlineData("{ \"plans\": {\n  \"x\": { \"highestTier\": \"gold\" } } }", 2, "gold")]
    [InlineData("{ \"plans\": {\n  \"x\": { \"currency\": \"euro\" } } }", 2, "euro")]
    [InlineData("{ \"families\": {\n  \"x\": { \"like\": \"wan22-t2v-fp8\", \"models\": { \"x\": { \"tier\": \"fast\" } },\n "
        + "\"parameters\": {\n \"prompt\": {},\n \"steps\": { \"min\": 3 } } } } }", 5, "type is missing")]
    public void A_bad_catalog_is_rejected_with_file_line_and_reason(string text, int line, string reason)
    {
        var error = Assert.Throws<CatalogException>(
            () => CatalogReader.Build([CatalogSource.BuiltIn(), CatalogSource.Parse("mine.json", Encoding.UTF8.GetBytes(text))]));
        Assert.StartsWith($"mine.json:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
