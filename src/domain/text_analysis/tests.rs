use super::icu_folding::fold_accents_and_case;
use super::name_folding::fold_name_spelling_variants;
use super::porter_stemmer::porter_stem;
use super::word_breaks::uax29_word_ranges;
use super::*;

/// Words and their stems as another implementation of the same algorithm gives them (NLTK's, with Martin Porter's own
/// departures from his paper): the paper's examples, and words of real abstracts for each suffix.
const STEMS: &str = "caresses=caress ponies=poni ties=ti caress=caress cats=cat feed=feed agreed=agre plastered=plaster \
    bled=bled motoring=motor sing=sing conflated=conflat troubled=troubl sized=size hopping=hop \
    tanned=tan falling=fall hissing=hiss fizzed=fizz failing=fail filing=file happy=happi sky=sky \
    relational=relat conditional=condit rational=ration valency=valenc hesitancy=hesit digitizer=digit \
    conformably=conform radically=radic differently=differ vilely=vile analogously=analog \
    vietnamization=vietnam predication=predic operator=oper feudalism=feudal decisiveness=decis \
    hopefulness=hope callousness=callous formality=formal sensitivity=sensit sensibility=sensibl \
    triplicate=triplic formative=form formalize=formal electricity=electr electrical=electr hopeful=hope \
    goodness=good revival=reviv allowance=allow inference=infer airliner=airlin gyroscopic=gyroscop \
    adjustable=adjust defensible=defens irritant=irrit replacement=replac adjustment=adjust \
    dependent=depend adoption=adopt communism=commun activate=activ angularity=angular \
    homologous=homolog effective=effect bowdlerize=bowdler probate=probat rate=rate cease=ceas \
    controll=control roll=roll generously=gener is=is as=as ion=ion classes=class addresses=address \
    inefficiencies=ineffici volatilities=volatil address=address volkovs=volkov cumbres=cumbr \
    proceed=proce refereed=refere plotted=plot originated=origin agreeing=agre formatting=format \
    populated=popul factorizated=factoriz undoubled=undoubl disabled=disabl minimized=minim \
    parallelized=parallel replicability=replic metastability=metast operational=oper \
    gravitational=gravit denotational=denot unconventional=unconvent urgency=urgenc saliency=salienc \
    infancy=infanc ascendancy=ascend stabilizer=stabil tokenizer=token separably=separ visibly=visibl \
    casually=casual octahedrically=octahedr subsequently=subsequ concurrently=concurr loosely=loos \
    cumulatively=cumul timeously=timeous unanimously=unanim realization=realiz initialization=initi \
    pronounciation=pronounci commercialization=commerci curator=curat orchestrator=orchestr \
    formalism=formal realism=realism expressiveness=express superrecursiveness=superrecurs \
    helpfulness=help usefulness=us consciousness=conscious normality=normal neutrality=neutral \
    inactivity=inact interactivity=interact representability=represent insolvability=insolv \
    geology=geologi terminology=terminolog authenticate=authent silicate=silic imperative=imper \
    illative=ill specialize=special realize=realiz quasiperiodicity=quasiperiod chromaticity=chromat \
    rhetorical=rhetor geographical=geograph powerful=power successful=success dateness=date \
    smallness=small textual=textual iqbal=iqbal stance=stanc appliance=applianc idempotence=idempot \
    violence=violenc dorsher=dorsher llinger=llinger unrealistic=unrealist therapeutic=therapeut \
    steerable=steerabl traceable=traceabl invisible=invis reversible=revers bryant=bryant \
    valiant=valiant improvement=improv acknowledgement=acknowledg goodagreement=goodagr \
    deconfinement=deconfin cirquent=cirquent supercurrent=supercurr simulation=simul inspiration=inspir \
    voluminous=volumin ambitious=ambiti reductionism=reduction embolism=embol state=state separate=separ \
    reconstructibility=reconstruct similarity=similar malicious=malici courteous=courteou \
    nonnegative=nonneg collusive=collus charachterize=charachter algebraize=algebra ordinate=ordin \
    texte=text caldwell=caldwel neill=neill testified=testifi queried=queri amplifying=amplifi \
    delaying=delai histopathology=histopatholog cryptology=cryptolog fidelity=fidel eligibility=elig \
    plurality=plural legality=legal conductivity=conduct collectivity=collect unpredictability=unpredict \
    evolability=evol";

#[test]
fn stems_are_those_of_another_implementation() {
    let pairs: Vec<(&str, &str)> = STEMS.split(' ').map(|pair| pair.split_once('=').unwrap()).collect();
    assert!(pairs.len() > 200);
    for (word, stem) in pairs {
        assert_eq!(porter_stem(word), stem, "{word}");
    }
}

#[test]
fn words_that_are_odd_have_stems_too() {
    for (word, stem) in [
        ("", ""),
        ("s", "s"),
        ("y", "y"),
        ("aed", "a"),
        ("eed", "eed"),
        ("ing", "ing"),
        ("sss", "sss"),
        ("yyyy", "yyyi"),
        ("naïveness", "naïv"),
        ("gpt4s", "gpt4"),
        ("图像", "图像"),
        ("3.14s", "3.14"),
    ] {
        assert_eq!(porter_stem(word), stem, "{word}");
    }
}

/// The words as they come out, a blank between them.
fn analyzed_words(text: &str) -> String {
    uax29_word_ranges(text).map(|place| &text[place]).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_text_is_broken_into_words_as_unicode_has_it() {
    for (text, expected) in [
        ("Time-Series Forecasting", "Time Series Forecasting"),
        ("time_series x__y __", "time_series x__y"),
        ("CNN/RNN, GPT-4o (v2.0.1).", "CNN RNN GPT 4o v2.0.1"),
        ("U.S. e.g. i.i.d. cs.CV 10.1038/418838a", "U.S e.g i.i.d cs.CV 10.1038 418838a"),
        ("don't, Alice's and the students'", "don't Alice's and the students"),
        ("3.14 1,000 1;2 a,b a;b a:b 1:2", "3.14 1,000 1;2 a b a b a:b 1 2"),
        ("a.5 5.a C++ R@1 $L_2$ x²+½ ①", "a 5 5 a C R 1 L_2 x"),
        ("Erdős–Rényi e\u{301}tude α-β", "Erdős Rényi e\u{301}tude α β"),
        ("图像分类 グラフ ひら 한국어", "图 像 分 类 グラフ ひ ら 한국어"),
        ("😀 a😀b — … ", "a b"),
        ("", ""),
    ] {
        assert_eq!(analyzed_words(text), expected, "{text}");
    }
}

#[test]
fn a_word_without_end_is_cut() {
    let text = format!("{} é{}", "y".repeat(600), "x".repeat(255));
    let lengths: Vec<usize> = uax29_word_ranges(&text).map(|place| text[place].chars().count()).collect();
    assert_eq!(lengths, [255, 255, 90, 255, 1]);
    let lengths: Vec<usize> = Analyzer::AuthorName.analyze(&text).iter().map(|t| t.place.len()).collect();
    assert_eq!(lengths, [255, 255, 90, 256, 1]);
}

/// The tokens as `position:text`.
fn analyzed_tokens(analyzer: Analyzer, text: &str) -> String {
    let tokens = analyzer.analyze(text).into_iter().map(|token| format!("{}:{}", token.position, token.text));
    tokens.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_analyzer_has_its_own_tokens() {
    let text = "The State of the ART: Alice\u{2019}s Time-Series, U.S.";
    for (analyzer, expected) in [
        (Analyzer::Standard, "0:the 1:state 2:of 3:the 4:art 5:alice\u{2019}s 6:time 7:series 8:u.s"),
        (Analyzer::Simple, "1:state 4:art 5:alice\u{2019}s 6:time 7:series 8:u.s"),
        (Analyzer::English, "1:state 4:art 5:alic 6:time 7:seri 8:u."),
        (Analyzer::Combined, "1:state 4:art: 5:alice's 6:time-series 7:us"),
        (Analyzer::AuthorName, "0:the 1:state 2:of 3:the 4:art: 5:alice's 6:time-series 7:us"),
        (Analyzer::Tex, ""),
    ] {
        assert_eq!(analyzed_tokens(analyzer, text), expected, "{analyzer:?}");
    }
    assert_eq!(
        analyzed_tokens(Analyzer::Tex, "$a$ is $$B_1$$ or $$ and $c"),
        "0:$a$ 1:$B_1$ 2:$ or $ 3:$ and $"
    );
}

#[test]
fn a_token_knows_its_place() {
    let text = "Über  Alice's, (J.R.) nets";
    let places = |analyzer: Analyzer| -> Vec<&str> {
        analyzer.analyze(text).into_iter().map(|token| &text[token.place]).collect()
    };
    assert_eq!(places(Analyzer::English), ["Über", "Alice's", "J.R", "nets"]);
    assert_eq!(places(Analyzer::Combined), ["Über", "Alice's", "(J.R.)", "nets"]);
}

#[test]
fn folding_leaves_plain_letters() {
    for (word, folded) in [
        ("Erdős", "erdos"),
        ("ŁUKASZ", "lukasz"),
        ("Bjørn", "bjorn"),
        ("Straße", "strasse"),
        ("Æther", "aether"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("ＧＰＴ", "gpt"),
        ("x²", "x2"),
        ("x^2", "x2"),
        ("Erdős–Rényi", "erdos-renyi"),
        ("“it’s”", "\"it's\""),
        ("co\u{ad}op", "coop"),
        ("Андрей", "андреи"),
        ("한국", "한국"),
        ("नमस्ते", "नमसते"),
        ("图像", "图像"),
    ] {
        assert_eq!(fold_accents_and_case(word), folded, "{word}");
    }
}

#[test]
fn spellings_of_a_name_are_one() {
    for (name, unified) in [
        ("mueller", "muller"),
        ("goethe", "gothe"),
        ("jaeger", "jager"),
        ("bauer", "bauer"),
        ("queue", "queue"),
        ("haakon", "hakon"),
        ("kierkegaard", "kierkegard"),
        ("bjoern", "bjorn"),
        ("cook", "cok"),
        ("aaa", "aa"),
        ("ђорђе", "djordje"),
        ("љубица", "ljubica"),
        ("zhang", "zhang"),
    ] {
        assert_eq!(fold_name_spelling_variants(name), unified, "{name}");
    }
}

#[test]
fn a_word_with_wildcards_is_neither_stemmed_nor_parted() {
    assert_eq!(Analyzer::English.normalize_wildcard_word("Time-SERIES*"), "time-series*");
    assert_eq!(Analyzer::Combined.normalize_wildcard_word("Müll.er*"), "muller*");
}
