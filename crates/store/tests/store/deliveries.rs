//! What is unique about deliveries and their SCEP transactions.

use domain::{
    delivery::{Delivery, DeliveryState},
    transaction::{Owner, Transaction, TransactionState},
};
use store::{Error, certificates, deliveries, transactions};

use crate::{
    samples::{self, House, NOW, id},
    world::{World, on_both, work},
};

async fn count_left(world: &World) -> i64 {
    world
        .read(work!([] | tx | deliveries::left_on_devices(tx, &id(1)).await))
        .await
}

on_both! {
    async fn a_device_has_one_current_delivery_by_a_configuration(world: &World) {
        let house = House::build(world).await;
        let second = samples::delivery(2, &house.device, &house.configuration);
        let refused = world.store.write(work!([second] |tx| deliveries::insert(tx, &second).await)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let past = Delivery {
            is_current: false,
            state: DeliveryState::Replaced { cause: None },
            ..house.delivery
        };
        world.write(work!([past, second] |tx| {
            deliveries::update(tx, &past).await?;
            deliveries::insert(tx, &second).await
        })).await;
        let current = world.read(work!([] |tx| deliveries::current(tx, &id(1), &id(1)).await)).await;
        assert_eq!(current.map(|delivery| delivery.id), Some(id(2)));
        let all = world.read(work!([] |tx| deliveries::of_device(tx, &id(1)).await)).await;
        assert_eq!(all.into_iter().map(|delivery| delivery.id).collect::<Vec<_>>(), [id(1), id(2)]);
    }

    async fn a_former_delivery_left_on_its_device_is_counted(world: &World) {
        let house = House::build(world).await;
        assert_eq!(count_left(world).await, 0, "a current one is not left behind");
        let former = Delivery { is_current: false, ..house.delivery.clone() };
        let gone = Delivery { is_on_device: false, ..former.clone() };
        world.write(work!([former] |tx| deliveries::update(tx, &former).await)).await;
        assert_eq!(count_left(world).await, 1);
        world.write(work!([gone] |tx| deliveries::update(tx, &gone).await)).await;
        assert_eq!(count_left(world).await, 0);
    }

    async fn a_delivery_is_proved_by_its_certificate_even_after_its_removal(world: &World) {
        let house = House::build(world).await;
        let certificate = samples::certificate(1, &house.delivery);
        assert!(!world.read(work!([] |tx| certificates::is_proved(tx, &id(1)).await)).await);
        world.write(work!([certificate] |tx| {
            certificates::put(tx, &certificate).await?;
            certificates::set_removed(tx, &certificate.device_id, &certificate.sha1, NOW).await
        })).await;
        assert!(world.read(work!([] |tx| certificates::is_proved(tx, &id(1)).await)).await);
    }

    async fn the_first_transaction_claims_a_deliverys_url(world: &World) {
        let house = House::build(world).await;
        let first = samples::transaction(1, &house.delivery);
        let second = samples::transaction(2, &house.delivery);
        let kept = first.clone();
        world.write(work!([kept] |tx| transactions::insert(tx, &kept).await)).await;
        let refused = world.store.write(work!([second] |tx| transactions::insert(tx, &second).await)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let owner = first.owner.clone();
        let found = world.read(work!([owner] |tx| transactions::by_owner(tx, &owner).await)).await;
        assert_eq!(found, [first]);
    }

    async fn an_orders_url_may_see_several_transactions(world: &World) {
        let house = House::build(world).await;
        let owner = Owner::Order(id(5));
        let both = [1, 2].map(|n| Transaction {
            owner: owner.clone(),
            ..samples::transaction(n, &house.delivery)
        });
        let kept = both.clone();
        world.write(work!([kept] |tx| {
            transactions::insert(tx, &kept[0]).await?;
            transactions::insert(tx, &kept[1]).await
        })).await;
        assert_eq!(world.read(work!([owner] |tx| transactions::by_owner(tx, &owner).await)).await, both);
    }

    async fn transactions_come_back_in_every_state(world: &World) {
        let house = House::build(world).await;
        let first = samples::transaction(1, &house.delivery);
        let kept = first.clone();
        world.write(work!([kept] |tx| transactions::insert(tx, &kept).await)).await;
        let refused = TransactionState::Refused {
            fail_info: Some(2),
            hresult: Some(-2_146_877_436),
            text: Some("no".to_owned()),
        };
        let states = [
            TransactionState::Forwarded,
            TransactionState::Pending,
            TransactionState::Succeeded,
            refused,
            TransactionState::NotDelivered { detail: "503".to_owned() },
            TransactionState::OutcomeUnknown,
            TransactionState::NotInstalled,
        ];
        for state in states {
            let changed = Transaction {
                answer: Some(vec![0x30]),
                answered_at: Some(NOW),
                state: state.clone(),
                ..first.clone()
            };
            let written = changed.clone();
            world.write(work!([written] |tx| transactions::update(tx, &written).await)).await;
            assert_eq!(world.read(work!([] |tx| transactions::by_id(tx, &id(1)).await)).await, Some(changed));
            let late = NOW.plus_seconds(1);
            let unanswered = world.read(work!([] |tx| transactions::unanswered(tx, late).await)).await;
            assert_eq!(unanswered.len(), usize::from(state == TransactionState::Forwarded));
            let unknown = world.read(work!([] |tx| transactions::possibly_orphaned(tx).await)).await;
            let is_orphaned =
                matches!(state, TransactionState::OutcomeUnknown | TransactionState::NotInstalled);
            assert_eq!(unknown.len(), usize::from(is_orphaned), "{state:?}");
        }
        let early = world.read(work!([] |tx| transactions::unanswered(tx, NOW).await)).await;
        assert_eq!(early, []);
        let found = world
            .read(work!([] |tx| transactions::by_transaction_id(tx, &id(1), "transaction 1").await))
            .await;
        assert_eq!(found.map(|transaction| transaction.id), Some(id(1)));
    }
}
