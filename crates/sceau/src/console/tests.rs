mod causes;
mod ledger;
mod pages;
mod refusals;
mod samples;
mod tickets;
mod watched;
mod words;
