mod causes;
mod ledger;
mod pages;
mod refusals;
mod samples;
mod watched;
mod words;
